# SPDX-License-Identifier: MIT
"""The plugin loads, and registers what the design names: each name once, and none that another protocol has."""
import unittest

from wireshark import ROOT, Wireshark, core_list, header

DESIGNED = '''tcp.kind tcp.flags tcp.cause tcp.client.state tcp.server.state tcp.acks tcp.acked_in tcp.rtt tcp.rto tcp.certainty
    http.cond http.outcome http.reason http.violation http.advice http.request_in http.response_in http.validator_in http.saved
    http.wasted connection.open connection.close connection.vantage connection.limit connection.quality explain'''.split()
LISTS = {'tcp.kind': ('tcp.h', 'TCP_KINDS'), 'http.outcome': ('exchange.h', 'HTTP_OUTCOMES'),
         'http.violation': ('exchange.h', 'HTTP_VIOLATIONS'), 'http.advice': ('exchange.h', 'HTTP_ADVICE'),
         'http.cond': ('exchange.h', 'HTTP_CONDS'), 'http.reason': ('exchange.h', 'HTTP_REASONS')}


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

    def test_designed(self):
        self.assertEqual([], [name for name in DESIGNED if f'capan.{name}' not in self.ours])

    def test_every_column_of_the_program(self):
        for command in ('segments', 'exchanges', 'connections'):
            columns = header(command, ROOT / 'pcaps/article/baidu.pcap')
            verdicts = [name for name in columns if name.split('.')[0] in ('tcp', 'http', 'connection')]
            self.assertGreater(len(verdicts), 5)
            self.assertEqual([], [name for name in verdicts if f'capan.{name}' not in self.ours])

    def test_unique(self):
        self.assertEqual([], [name for name in self.ours if self.names.count(name) != 1])
        self.assertEqual(['capan'], [row[2] for row in self.rows if row[0] == 'P' and row[2].startswith('capan')])

    def test_described(self):
        self.assertEqual([], [name for name, row in self.ours.items() if not name.startswith('capan.expert.') and not row[7]])

    def test_words(self):
        words = self.wireshark.words()
        for field, (header, name) in LISTS.items():
            with self.subTest(field):
                self.assertEqual([token for token, *_ in core_list(header, name)],
                                 [words[f'capan.{field}'][str(i)] for i in range(len(words[f'capan.{field}']))])

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
