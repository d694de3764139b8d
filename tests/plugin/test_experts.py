# SPDX-License-Identifier: MIT
"""Wireshark's expert information counts what `capan findings` counts: the same verdicts, as loud, as often."""
from collections import Counter
import re
import unittest

from wireshark import READ, Wireshark, captures, program, side_by_side

LEVELS = {'Errors': 'error', 'Warns': 'warn', 'Notes': 'note', 'Chats': 'chat'}
OF_HOSTS = 'checksum-offload'  # told once for each host: of no frame, and so no expert item


def experts(text):
    """{(severity, token): count} of capan's part of tshark -z expert."""
    counts, level = Counter(), None
    for line in text.splitlines():
        if heading := re.match(r'(\w+) \(\d+\)$', line):
            level = LEVELS.get(heading[1])
        elif row := re.match(r' +(\d+) +\S+(?: \S+)?? +capan +([a-z0-9-]+): ', line):
            counts[level, row[2]] += int(row[1])
    return counts


def findings(path):
    return Counter({(row['severity'], row['token']): row['count'] for row in program('findings', path) if row['token'] != OF_HOSTS})


class Experts(unittest.TestCase):
    def test_they_are_the_findings(self):
        def compare(path):
            with Wireshark() as wireshark:
                text = wireshark.tshark('-n', '-2', '-q', '-z', 'expert', '-r', wireshark.readable(path), status=READ)
            return experts(text), findings(path)

        told = 0
        for path, result in side_by_side(compare, list(captures())[::3]):
            with self.subTest(str(path)):
                if isinstance(result, Exception):
                    raise result
                shown, found = result
                self.assertEqual(shown, found)
                told += sum(found.values())
        self.assertGreater(told, 50)


if __name__ == '__main__':
    unittest.main()
