# SPDX-License-Identifier: MIT
"""Every verdict's proof holds against its capture, and one with a number changed does not. With FOLDERS, the same of all
captures in them (on demand)."""
import argparse
import collections
import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ['article/baidu.pcap', 'http/unchanged-resent.pcap', 'http/not-modified.pcap', 'http/pages.pcap',
          'tcp/fast-and-sack.pcap', 'tcp/timeouts.pcap', 'tcp/zero-window-linux.pcap', 'tcp/blind-resets.pcap']
CAPAN = SEG2PCAP = None
FOLDERS = []


def run(*args, stdin=b''):
    done = subprocess.run([CAPAN, *map(str, args)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    return done.returncode, done.stdout, done.stderr.decode()


def proofs_of(capture):
    return run('explain', '--format', 'ndjson', capture)[1]


def captures_in(folder):
    return sorted(path for path in pathlib.Path(folder).rglob('*') if path.suffix in ('.pcap', '.pcapng', '.gz'))


def prove(proofs, capture):
    """What became of each row."""
    status, out, err = run('prove', '--format', 'ndjson', '-', capture, stdin=proofs)
    return status, [json.loads(line) for line in out.splitlines()], err


TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(:?)|-?\d+(?:\.\d+)?')


def numbers_in(row):
    """Where each number of a row stands, and its name: a quantity's, else the member's."""
    keys = [None, None]
    for token in TOKEN.finditer(row):
        if token.group(1):
            keys = [keys[1], token.group()[1:-2]]
        elif not token.group().startswith('"'):
            yield token, keys[0] if keys[1] == 'value' else keys[1]


def changed(row, token, by):
    """In its last digit."""
    whole, point, part = token.group().partition('.')
    digits = '%0*d' % (len(part), int(part) + by) if point else str(int(whole) + by)
    return row[:token.start()] + (whole + '.' + digits if point else digits) + row[token.end():]


class Proofs(unittest.TestCase):
    def hold(self, capture, folder):
        proofs = proofs_of(capture)
        if not proofs:
            return 0
        status, rows, err = prove(proofs, capture)
        wrong = [row for row in rows if not row['holds']]
        self.assertEqual([], wrong, '%s: %s' % (capture.relative_to(folder), err))
        self.assertEqual(run('explain', '--format', 'ndjson', capture)[0], status, capture)
        return len(rows)

    def test_all_of_the_bundled_captures_hold(self):
        seen = sum(self.hold(capture, ROOT) for capture in captures_in(ROOT / 'pcaps'))
        self.assertGreater(seen, 2000)

    def test_all_of_the_scripts_hold(self):
        with tempfile.TemporaryDirectory() as folder:
            seen = 0
            for script in sorted((ROOT / 'tests/tcp/scripts').glob('*.seg')):
                capture = pathlib.Path(folder) / (script.stem + '.pcap')
                if subprocess.run([SEG2PCAP, script, capture], stderr=subprocess.DEVNULL).returncode == 0:
                    seen += self.hold(capture, folder)
            self.assertGreater(seen, 3000)

    def test_what_was_asked_for_holds(self):
        for folder in FOLDERS:
            seen = sum(self.hold(capture, folder) for capture in captures_in(folder))
            print('%s: %d proofs hold' % (pathlib.Path(folder).name, seen))

    def test_one_changed_number_is_found(self):
        """Each number of each proof in turn, one more and ten more. What frames alone do not tell is named by the row."""
        found, missed, open_numbers = 0, [], collections.Counter()
        for capture in (ROOT / 'pcaps' / name for name in SAMPLE):
            proofs = proofs_of(capture).decode().splitlines()
            changes = [(at, token, name, by) for at, row in enumerate(proofs) for token, name in numbers_in(row)
                       for by in (1, 10)]
            rows = proofs + [changed(proofs[at], token, by) for at, token, _, by in changes]
            _, results, _ = prove('\n'.join(rows).encode(), capture)
            self.assertEqual(len(rows), len(results))
            self.assertTrue(all(row['holds'] for row in results[:len(proofs)]), capture)
            last = max((json.loads(row)['index'] for row in proofs if '"index"' in row), default=-1)
            for (at, token, name, by), result in zip(changes, results[len(proofs):]):
                if not result['holds']:
                    found += 1
                elif name in results[at].get('unread_names', '').split():
                    open_numbers[name] += 1
                elif name != 'index' or int(token.group()) + by <= last:
                    missed.append((capture.name, proofs[at][:60], name, by))
        self.assertEqual([], missed)
        told = found / (found + sum(open_numbers.values()))
        print('%d changed numbers found, %.1f %% of all; not in frames: %s' %
              (found, 100 * told, ', '.join('%s %d' % pair for pair in open_numbers.most_common())))
        self.assertGreater(told, 0.9)

    def test_another_section_rule_or_fact_is_found(self):
        capture = ROOT / 'pcaps/tcp/fast-and-sack.pcap'
        row = next(row for row in map(json.loads, proofs_of(capture).splitlines()) if row['frame'] == 23)
        for part, change in (('section', lambda r: r['rule'].update(section='RFC 6675 5')),
                             ('sentence', lambda r: r['rule'].update(sentence='a hole')),
                             ('rule', lambda r: r['rule'].update(name='resend-last-hole')),
                             ('verdict', lambda r: r.update(verdict='retransmit-fast')),
                             ('facts', lambda r: r['facts'].pop('sack-ok')),
                             ('in-fast', lambda r: r['facts'].update({'in-fast': False})),
                             ('row', lambda r: r.update(extra=1))):
            other = copy.deepcopy(row)
            change(other)
            status, results, _ = prove(json.dumps(other).encode(), capture)
            self.assertEqual((1, part), (status, results[0]['wrong']))

    def test_another_capture_is_found(self):
        proofs = proofs_of(ROOT / 'pcaps/tcp/fast-and-sack.pcap')
        status, rows, _ = prove(proofs, ROOT / 'pcaps/tcp/timeouts.pcap')
        self.assertEqual(1, status)
        self.assertGreater(sum(not row['holds'] for row in rows), len(rows) / 2)

    def test_json_and_text(self):
        capture = ROOT / 'pcaps/http/unchanged-resent.pcap'
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, 'proofs.json')
            pathlib.Path(file).write_bytes(run('explain', '--format', 'json', capture)[1])
            status, out, err = run('prove', file, capture)
            self.assertEqual((0, ''), (status, err))
            self.assertRegex(out.decode(), r'^\d+ proofs, 0 do not hold; \d+ facts and numbers read again from frames, \d+ ')
            self.assertEqual((0, b'', ''), run('prove', '--quiet', file, capture))

    def test_statuses(self):
        capture = ROOT / 'pcaps/http/unchanged-resent.pcap'
        for stdin, status, said in ((b'', 3, 'no proofs'), (b'{"of":1', 3, 'row 1 is no proof'), (b'{}\n', 3, 'row 1 is no proof'),
                                    (b'[' * 99, 3, 'row 1 is no proof'), (b'\0\n', 3, 'row 1 is no proof'),
                                    (b'{"of":"segment","rule":{"name":"x"},"frame":9223372036854775808}', 1, '')):
            with self.subTest(stdin=stdin):
                got, _, err = run('prove', '-', capture, stdin=stdin)
                self.assertEqual(status, got)
                self.assertIn(said, err)
        self.assertEqual(2, run('prove', capture)[0])
        self.assertEqual(3, run('prove', '-', ROOT / 'README.md', stdin=b'{}')[0])
        self.assertEqual(3, run('prove', '/nowhere', capture)[0])


def main():
    global CAPAN, SEG2PCAP, FOLDERS
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--capan', required=True)
    parser.add_argument('--seg2pcap', required=True)
    parser.add_argument('folders', nargs='*')
    args = parser.parse_args()
    CAPAN, SEG2PCAP, FOLDERS = args.capan, args.seg2pcap, args.folders
    unittest.main(argv=sys.argv[:1])


if __name__ == '__main__':
    main()
