# SPDX-License-Identifier: MIT
"""The plugin loads, and registers what the table of columns says: each name once, and none that another protocol has."""
import unittest

from wireshark import ROOT, Wireshark, columns, core_list

LISTS = {'tcp.kind': ('tcp.h', 'TCP_KINDS'), 'http.outcome': ('verdicts.h', 'HTTP_OUTCOMES'),
         'http.violation': ('verdicts.h', 'HTTP_VIOLATIONS'), 'http.advice': ('verdicts.h', 'HTTP_ADVICE')}


class Fields(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wireshark = Wireshark()
        cls.rows = [line.split('\t') for line in cls.wireshark.tshark('-G', 'fields').splitlines()]
        cls.names = [row[2] for row in cls.rows if row[0] == 'F']
        cls.ours = {row[2]: row for row in cls.rows if row[0] == 'F' and row[2].startswith('capan.')}

    @classmethod
    def tearDownClass(cls):
        cls.wireshark.folder.cleanup()

    def test_loads(self):
        self.assertIn('capan.so', self.wireshark.tshark('-G', 'plugins'))

    def test_the_table(self):
        """Name, label, type and description of each field are its column's, and there is no other field."""
        expected = {}
        for column in columns():
            if 'field' in column:
                sentence = column['sentence'][0].upper() + column['sentence'][1:]
                expected.setdefault(column['field'], [column['label'], 'FT_' + column['wireshark'].upper(), sentence])
        ours = {name: [row[1], row[3], row[7]] for name, row in self.ours.items() if not name.startswith('capan.expert')}
        self.assertGreater(len(expected), 50)
        self.assertEqual(expected, ours)

    def test_verdicts_are_fields(self):
        verdicts = [column for column in columns()
                    if column['key'].split('.')[0] in ('tcp', 'http', 'connection') and column['table'] != 'objects']
        self.assertEqual([], [column['key'] for column in verdicts if column.get('field') != f'capan.{column["key"]}'])

    def test_unique(self):
        self.assertEqual([], [name for name in self.ours if self.names.count(name) != 1])
        self.assertEqual(['capan'], [row[2] for row in self.rows if row[0] == 'P' and row[2].startswith('capan')])

    def test_words_are_strings(self):
        """-T fields and JSON give the word that the program has, and filters name it."""
        for column in columns():
            if column['tokens'] and 'field' in column:
                self.assertEqual(column['wireshark'], 'string', column['field'])
        capture = self.wireshark.readable(ROOT / 'pcaps/article/baidu.pcap')
        shown = self.wireshark.fields(capture, ['capan.tcp.kind'], '-2', '-Y', 'capan.tcp.kind == "syn-ack"')
        self.assertEqual({value for values in shown.values() for value in values['capan.tcp.kind']}, {'syn-ack'})

    def test_expert_items(self):
        for prefix, field in (('tcp', 'tcp.kind'), ('http', 'http.outcome'), ('http.violation', 'http.violation'),
                              ('http.advice', 'http.advice')):
            for token, severity, _ in core_list(*LISTS[field]):
                with self.subTest(token):
                    self.assertEqual(severity != 'NONE', f'capan.expert.{prefix}.{token}' in self.ours)

    def test_every_name_is_a_filter(self):
        either = ' || '.join(sorted(self.ours))
        capture = self.wireshark.readable(ROOT / 'pcaps/article/baidu.pcap')
        self.assertTrue(self.wireshark.tshark('-r', capture, '-Y', either))


if __name__ == '__main__':
    unittest.main()
