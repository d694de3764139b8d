# SPDX-License-Identifier: MIT
"""sharkd, which tools without a window build on, gives the program's verdicts."""
import json
import shutil
import unittest

from verdicts import expected_frames
from wireshark import ROOT, Wireshark, core_list

QUIET = {token for token, severity, _ in core_list('tcp.h', 'TCP_KINDS') if severity == 'NONE'}
COLUMNS = ('tcp.kind', 'tcp.certainty', 'tcp.client.state', 'http.outcome', 'explain')
CAPTURES = [ROOT / 'pcaps' / name for name in ('article/baidu.pcap', 'http/unchanged-resent.pcap', 'tcp/fast-and-sack.pcap')]


@unittest.skipUnless(shutil.which('sharkd'), 'no sharkd')
class Sharkd(unittest.TestCase):
    def test_same_verdicts(self):
        with Wireshark() as wireshark:
            for path in CAPTURES:
                with self.subTest(path.name):
                    capture = wireshark.readable(path)
                    expected = {frame: [str(next(iter(values[name]), '')) for name in COLUMNS]
                                for frame, values in expected_frames(capture, QUIET).items()}
                    self.assertEqual(expected, self.shown(wireshark, capture))

    def shown(self, wireshark, capture):
        """{frame: [each column's first value]}"""
        columns = {f'column{i}': f'capan.{name}:1' for i, name in enumerate(COLUMNS)}
        requests = [('load', {'file': capture}), ('frames', columns)]
        answers = wireshark.command('sharkd', '-', given=''.join(
            json.dumps({'jsonrpc': '2.0', 'id': i, 'method': method, 'params': params}) + '\n'
            for i, (method, params) in enumerate(requests, 1)).encode())
        frames = json.loads(answers.stdout.decode().splitlines()[-1])['result']
        return {frame['num']: frame['c'] for frame in frames if any(frame['c'])}


if __name__ == '__main__':
    unittest.main()
