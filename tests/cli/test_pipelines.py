# SPDX-License-Identifier: MIT
"""Findings for pipelines: SARIF by the requirements of its schema, JUnit by an XML parser, baselines, what fails."""
import argparse
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
RESENT = ROOT / 'pcaps/http/unchanged-resent.pcap'
CAPAN = None

# What sarif-schema-2.1.0.json asks of the objects that are written: member: type, or (type, values), or [type of the
# items]; "!" marks those that are required. No object may have others.
SARIF = {
    'log': {'version!': (str, ['2.1.0']), '$schema': str, 'runs!': ['run']},
    'run': {'tool!': 'tool', 'results': ['result'], 'columnKind': (str, ['utf16CodeUnits', 'unicodeCodePoints']),
            'invocations': ['invocation']},
    'tool': {'driver!': 'component'},
    'component': {'name!': str, 'version': str, 'rules': ['descriptor']},
    'descriptor': {'id!': str, 'name': str, 'shortDescription': 'text', 'help': 'text', 'defaultConfiguration': 'configuration'},
    'configuration': {'level': (str, ['none', 'note', 'warning', 'error'])},
    'text': {'text!': str},
    'result': {'message!': 'text', 'ruleId': str, 'level': (str, ['none', 'note', 'warning', 'error']),
               'kind': (str, ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']),
               'locations': ['location'], 'partialFingerprints': dict, 'occurrenceCount': int,
               'baselineState': (str, ['new', 'unchanged', 'updated', 'absent']), 'properties': dict},
    'location': {'physicalLocation': 'physical', 'logicalLocations': ['logical']},
    'physical': {'artifactLocation!': 'artifact', 'region': 'region'},
    'artifact': {'uri': str},
    'region': {'startLine': int},
    'logical': {'kind': str, 'fullyQualifiedName': str},
    'invocation': {'executionSuccessful!': bool, 'toolExecutionNotifications': ['notification']},
    'notification': {'message!': 'text'},
}


def complaints(value, kind, path='log'):
    """Why a value is not what SARIF asks."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            yield path + ' is no array'
        else:
            for i, item in enumerate(value):
                yield from complaints(item, kind[0], '%s[%d]' % (path, i))
    elif isinstance(kind, str):
        members = {name.rstrip('!'): of for name, of in SARIF[kind].items()}
        if not isinstance(value, dict):
            yield path + ' is no object'
            return
        for name in SARIF[kind]:
            if name.endswith('!') and name[:-1] not in value:
                yield '%s lacks %s' % (path, name[:-1])
        for name, inner in value.items():
            if name not in members:
                yield '%s has %s' % (path, name)
            else:
                yield from complaints(inner, members[name], path + '.' + name)
    else:
        type_, values = kind if isinstance(kind, tuple) else (kind, None)
        if type(value) is not type_ or (values and value not in values):
            yield '%s is %r' % (path, value)


def capan(*args):
    done = subprocess.run([CAPAN, *map(str, args)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def places(*args):
    return [json.loads(line) for line in capan('findings', '--by', 'place', '--format', 'ndjson', *args)[1].splitlines()]


def captures():
    """Of the link types, which differ before the segments begin, every tenth, and the one that is cut short."""
    found = sorted(path for path in (ROOT / 'pcaps').rglob('*') if path.suffix in ('.pcap', '.pcapng', '.gz'))
    links = [path for path in found if path.parent.name == 'link']
    return [path for path in found if path not in links or path in links[::10] or path.stem == 'cut-short']


class Pipelines(unittest.TestCase):
    def sarif(self, *args):
        status, out, err = capan('findings', '--format', 'sarif', *args)
        log = json.loads(out)
        self.assertEqual([], list(complaints(log, 'log')), args)
        run, = log['runs']
        rules = [rule['id'] for rule in run['tool']['driver']['rules']]
        self.assertEqual(len(set(rules)), len(rules))
        for result in run['results']:
            self.assertIn(result['ruleId'], rules)
            self.assertEqual(result['level'] == 'none', result['kind'] != 'fail')
            self.assertGreaterEqual(result['occurrenceCount'], 1)
            where = result['locations'][0]['physicalLocation']
            self.assertGreaterEqual(where['region']['startLine'], 1)
            self.assertRegex(where['artifactLocation']['uri'], r"^[A-Za-z0-9\-._~/%:]+$")
        self.assertEqual({rule for rule in rules}, {result['ruleId'] for result in run['results']})
        return status, run, err

    def test_sarif_of_the_bundled_captures(self):
        for capture in captures():
            with self.subTest(capture=capture.name):
                status, run, _ = self.sarif(capture)
                self.assertEqual(status == 3, capan('summary', '--quiet', capture)[0] == 3)
                self.assertEqual(len(places(capture)), len(run['results']))

    def test_sarif_says_what_the_rows_say(self):
        _, run, _ = self.sarif(RESENT)
        for row, result in zip(places(RESENT), run['results']):
            self.assertEqual(row['field'] + '/' + row['token'], result['ruleId'])
            self.assertEqual({'capan/v1': row['fingerprint']}, result['partialFingerprints'])
            self.assertEqual((row['count'], row['frames']), (result['occurrenceCount'], result['properties']['frames']))
            self.assertIn(row['subject'], result['message']['text'])

    def test_what_is_not_read_whole_says_so(self):
        status, run, _ = self.sarif(ROOT / 'pcaps/link/cut-short.pcap')
        self.assertEqual(3, status)
        with tempfile.TemporaryDirectory() as folder:
            odd = pathlib.Path(folder) / 'a "b" <c>&:é.pcap'
            odd.write_bytes(RESENT.read_bytes())
            self.sarif(odd)
            root = xml.fromstring(capan('findings', '--format', 'junit', odd)[1])
            self.assertIn('a "b" <c>&:', root[0].get('name'))

    def test_junit_of_the_bundled_captures(self):
        for capture in captures():
            with self.subTest(capture=capture.name):
                status, out, _ = capan('findings', '--format', 'junit', '--fail-on', 'warn', capture)
                suite, = xml.fromstring(out.encode())
                cases = suite.findall('testcase')
                self.assertEqual(int(suite.get('tests')), len(cases))
                self.assertEqual(int(suite.get('failures')), len(suite.findall('testcase/failure')))
                self.assertEqual(int(suite.get('skipped')), 0)
                names = [(case.get('classname'), case.get('name')) for case in cases]
                self.assertEqual(len(set(names)), len(names))
                if status != 3:
                    self.assertEqual(status == 1, suite.get('failures') != '0')

    def test_fingerprints_hold_no_frame_and_no_client(self):
        """Another client at another time, with traffic before it, is at the same places."""
        octets = RESENT.read_bytes()
        rest, packets = octets[24:], []
        while rest:
            seconds, fraction, length, wire = struct.unpack('<IIII', rest[:16])
            packets.append((seconds, fraction, rest[16:16 + length], wire))
            rest = rest[16 + length:]
        old, new = bytes([192, 0, 2, 10]), bytes([198, 51, 251, 214])  # of the same checksum
        later = [(seconds + 5, fraction, octets.replace(old, new), wire) for seconds, fraction, octets, wire in packets]
        with tempfile.TemporaryDirectory() as folder:
            other = pathlib.Path(folder) / 'other.pcap'
            for all_ in later, packets[:3] + later:
                other.write_bytes(octets[:24] + b''.join(struct.pack('<IIII', s, f, len(p), w) + p for s, f, p, w in all_))
                self.assertEqual({row['fingerprint'] for row in places(RESENT)},
                                 {row['fingerprint'] for row in places(other)})
        rows = places(*captures())
        self.assertEqual(len(rows), len({row['fingerprint'] for row in rows}))
        for row in rows:
            self.assertRegex(row['fingerprint'], '^[0-9a-f]{16}$')
            self.assertNotIn('?', re.sub(r'^\?', '', row['subject']))

    def test_a_baseline_keeps_what_is_known_from_failing(self):
        with tempfile.TemporaryDirectory() as folder:
            known = pathlib.Path(folder) / 'known.ndjson'
            rows = capan('findings', '--by', 'place', '--format', 'ndjson', RESENT)[1]
            self.assertEqual(1, capan('findings', '--fail-on', 'warn', '--by', 'place', RESENT)[0])
            known.write_text(rows)
            status, out, err = capan('findings', '--baseline', known, '--fail-on', 'chat', '--format', 'ndjson', RESENT)
            self.assertEqual((0, ''), (status, err))
            self.assertEqual({'known'}, {json.loads(line)['baseline'] for line in out.splitlines()})
            self.assertEqual(1, capan('findings', '--baseline', known, '--fail-on', 'warn', ROOT / 'pcaps/http/pages.pcap')[0] |
                             capan('findings', '--baseline', known, '--fail-on', 'chat', ROOT / 'pcaps/http/pages.pcap')[0])
            known.write_text(''.join(line + '\n' for line in rows.splitlines() if '"unchanged-resent"' not in line))
            status, out, _ = capan('findings', '--baseline', known, '--fail-on', 'warn', '--format', 'sarif', RESENT)
            self.assertEqual(1, status)
            states = [(r['ruleId'], r['baselineState']) for r in json.loads(out)['runs'][0]['results']]
            self.assertEqual([('http.outcome/unchanged-resent', 'new')], [s for s in states if s[1] == 'new'])
            suite, = xml.fromstring(capan('findings', '--baseline', known, '--fail-on', 'warn', '--format', 'junit', RESENT)[1])
            self.assertEqual(('1', str(len(states) - 1)), (suite.get('failures'), suite.get('skipped')))
            self.assertEqual(1, capan('findings', '--quiet', '--baseline', known, '--fail-on', 'warn', RESENT)[0])
            for text in ('{"token":"x"}\n', 'fingerprint\n', '[]\n{'):
                known.write_text(text)
                status, _, err = capan('findings', '--baseline', known, RESENT)
                self.assertEqual(2, status)
                self.assertIn('row 1 has no fingerprint', err)
            self.assertEqual(2, capan('findings', '--baseline', folder + '/none', RESENT)[0])

    def test_what_fails_is_asked_by_level_token_and_column(self):
        for words, status in (('error', 0), ('warn', 1), ('unchanged-resent-etag', 1), ('syn', 1), ('zero-window', 0),
                              ('http.violation', 1), ('http.framing', 0), ('error,zero-window', 0), ('error,explicit-lifetime', 1)):
            for by in (), ('--by', 'place'):
                with self.subTest(words=words, by=by):
                    self.assertEqual(status, capan('findings', '--quiet', '--fail-on', words, *by, RESENT)[0])
        status, _, err = capan('findings', '--fail-on', 'warn,unchanged-resend', RESENT)
        self.assertEqual(2, status)
        self.assertIn("'unchanged-resend'; nearest is 'unchanged-resent'", err)
        self.assertEqual(1, capan('summary', '--quiet', '--fail-on', 'unchanged-resent', RESENT)[0])

    def test_only_findings_have_these(self):
        for args in (('segments', '--format', 'sarif'), ('exchanges', '--format', 'junit'), ('segments', '--baseline', 'x'),
                     ('findings', '--by', 'host'), ('whatif', '--by', 'place'), ('segments', '--by', 'place')):
            self.assertEqual(2, capan(*args, RESENT)[0], args)

    def test_the_examples_name_what_there_is(self):
        for name in ('README.md', 'github.yml', 'gitlab.yml'):
            for command in re.findall(r'capan (findings[^\n`;]*)', (ROOT / 'packaging/ci' / name).read_text()):
                for option in re.findall(r'--[a-z-]+', command):
                    self.assertIn(option, capan('findings', '--help')[1], (name, option))


def main():
    global CAPAN
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--capan', required=True)
    CAPAN = str(pathlib.Path(parser.parse_args().capan).resolve())
    unittest.main(argv=sys.argv[:1])


if __name__ == '__main__':
    main()
