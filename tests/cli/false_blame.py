#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts violations and advice that a capture does not bear out.

usage: false_blame.py [--capan PROGRAM] CAPTURE_OR_FOLDER...

Each word that `capan exchanges` gives is held against what must be true for it by its RFC section, read anew from the
field lines of the exchange and of those before it on the same URI. Prints those that do not hold, and words that no
condition is written for. Exit status 1 when there is any."""
import argparse
import email.utils
import json
import re
import subprocess
import sys
from pathlib import Path

IMF = re.compile(r'(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$')
TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"$')
REPEATED = ('date', 'etag', 'vary', 'cache-control', 'expires', 'content-location')  # RFC 9110 15.4.5, 15.3.7


class Exchange:
    """A row, with its fields, and the rows before it on the same URI."""

    def __init__(self, row, before):
        self.row, self.http = row, row['http']
        self.asked, self.got = row.get('request_fields', {}), row.get('response_fields', {})
        self.method, self.status = row.get('method', ''), row.get('status', 0)
        self.tag, self.date = self.got.get('etag'), seconds(self.got.get('date'))
        self.modified, self.since = seconds(self.got.get('last-modified')), seconds(self.asked.get('if-modified-since'))
        self.inm, self.im = tags(self.asked.get('if-none-match')), tags(self.asked.get('if-match'))
        self.cc = self.got.get('cache-control', '').lower()
        self.before = [other for other in before if other.status]
        self.read = self.method in ('GET', 'HEAD')
        self.whole = [other for other in self.before if other.method == 'GET' and other.status == 200]

    def had(self, name):
        return any(name in other.got for other in self.whole)

    def same_body(self, other):
        mine, its = self.row.get('response_digest'), other.row.get('response_digest')
        return mine is not None and mine == its

    def asks(self, *names):
        return any(name in self.asked for name in names)

    def lifetime(self):
        for name in ('s-maxage', 'max-age'):
            found = re.search(name + r'\s*=\s*"?(\d+)', self.cc)
            if found:
                return int(found.group(1))
        expires = seconds(self.got.get('expires'))
        return 0 if 'expires' in self.got and expires is None else expires and self.date and expires - self.date


def seconds(text):
    try:
        return email.utils.mktime_tz(email.utils.parsedate_tz(text)) if text else None
    except (TypeError, ValueError, OverflowError):
        return None


def tags(text):
    return re.findall(r'\*|(?:W/)?"[^"]*"|[^\s,]+', text) if text else []


def weak(a, b):
    return bool(a and b) and a.removeprefix('W/') == b.removeprefix('W/')


def strong(a, b):
    return a == b and not a.startswith('W/')


def odd_dates(fields, *names):
    return any(name in fields and not IMF.match(fields[name]) for name in names)


def malformed(e, *names):
    given = {other.tag for other in e.before}
    wrong = [tag for name in names for tag in tags(e.asked.get(name)) if not TAG.match(tag) and tag != '*']
    mixed = any('*' in tags(e.asked.get(name)) and len(tags(e.asked.get(name))) > 1 for name in names)
    return mixed or any(tag not in given for tag in wrong)


def stale(e):
    age, lifetime = e.got.get('age', ''), e.lifetime()
    return age.isdigit() and lifetime is not None and int(age) >= lifetime


# What a violation or an advice needs. A condition may be weaker than capan's own, never other.
NEEDS = {
    '200-by-ims-despite-inm': lambda e: e.status < 300 and any(weak(tag, e.tag) for tag in e.inm) and
                              e.since is not None and e.since < e.modified,
    '206-missing-field': lambda e: any(name in o.got and name not in e.got for o in e.whole for name in REPEATED),
    '206-unrequested': lambda e: e.status == 206 and not e.asks('range'),
    '206-no-content-range': lambda e: e.status == 206,
    '304-etag-mismatch': lambda e: e.status == 304 and e.inm and '*' not in e.inm and
                         not any(weak(tag, e.tag) for tag in e.inm),
    '304-by-ims-despite-inm': lambda e: e.status == 304 and e.inm and e.since is not None,
    '304-extra-metadata': lambda e: e.status == 304 and any(name in e.got for name in (
        'content-type', 'content-encoding', 'content-language', 'content-range')),
    '304-length-lie': lambda e: e.status == 304 and 'content-length' in e.got,
    '304-missing-etag': lambda e: e.status == 304 and not e.tag and e.had('etag'),
    '304-missing-field': lambda e: any(name in o.got and name not in e.got for o in e.whole for name in REPEATED),
    '304-unconditional': lambda e: e.status == 304 and not e.asks('if-none-match', 'if-modified-since'),
    '304-unsafe-method': lambda e: e.status == 304 and not e.read,
    '304-with-body': lambda e: e.status == 304 and e.row.get('response_body_len', 0) > 0,
    '412-for-read': lambda e: e.status == 412 and e.read and not e.asks('if-match', 'if-unmodified-since'),
    '416-no-range': lambda e: e.status == 416 and 'content-range' not in e.got,
    'age-regress': lambda e: any(o.got.get('age', '').isdigit() and int(o.got['age']) > int(e.got['age'])
                                 for o in e.before),
    'age-syntax': lambda e: not e.got['age'].isdigit(),
    'cc-conflict': lambda e: ',' in e.cc,
    'cc-syntax': lambda e: 'cache-control' in e.got or 'cache-control' in e.asked,
    'date-missing': lambda e: 'date' not in e.got and e.status < 500 and e.row.get('response_version') != '0.9',
    'date-syntax': lambda e: odd_dates(e.got, 'date', 'last-modified', 'expires') or
                   odd_dates(e.asked, 'if-modified-since', 'if-unmodified-since'),
    'etag-reused-encoding': lambda e: any(o.tag == e.tag and o.got.get('content-encoding') !=
                                          e.got.get('content-encoding') for o in e.before),
    'etag-reused-strong': lambda e: not e.tag.startswith('W/') and any(
        o.tag == e.tag and o.row.get('response_digest') and not e.same_body(o) for o in e.before),
    'etag-weak-reused': lambda e: e.tag.startswith('W/') and any(o.tag == e.tag and not e.same_body(o)
                                                                 for o in e.before),
    'etag-syntax': lambda e: not TAG.match(e.tag),
    'guard-absent-ignored': lambda e: e.inm == ['*'] and not e.read and e.before,
    'guard-date-ignored': lambda e: e.status < 300 and e.asks('if-unmodified-since'),
    'guard-etag-ignored': lambda e: e.status < 300 and e.im and not any(strong(tag, e.tag) for tag in e.im),
    'guard-weak-accepted': lambda e: e.status < 300 and all(tag.startswith('W/') for tag in e.im),
    'if-match-weak': lambda e: e.im and all(tag.startswith('W/') for tag in e.im),
    'if-range-alone': lambda e: e.asks('if-range') and not e.asks('range'),
    'if-range-date-misuse': lambda e: seconds(e.asked['if-range']) is not None and e.whole,
    'if-range-not-honoured': lambda e: e.status == 206 and e.asked['if-range'] != e.tag,
    'if-range-weak': lambda e: e.asked['if-range'].startswith('W/'),
    'if-range-weak-honoured': lambda e: e.status == 206 and e.asked['if-range'].startswith('W/'),
    'ims-future': lambda e: e.since > e.date,
    'lm-after-date': lambda e: e.modified > e.date,
    'not-invalidated': lambda e: any(o.method not in ('GET', 'HEAD') for o in e.before),
    'parts-mixed': lambda e: e.status == 206 and any(o.tag != e.tag for o in e.before),
    'precond-ignored-here': lambda e: e.method in ('CONNECT', 'OPTIONS', 'TRACE') or
                            (e.asks('if-modified-since') and not e.read) or
                            (e.asks('if-unmodified-since') and e.asks('if-match')),
    'precond-syntax': lambda e: malformed(e, 'if-none-match', 'if-match', 'if-range'),
    'put-validator': lambda e: any(o.method == 'PUT' and o.tag for o in e.before),
    'served-authorized': lambda e: e.http['served_by'] == 'shared-cache',
    'served-no-store': lambda e: e.http['served_by'] == 'shared-cache' and 'no-store' in e.cc,
    'served-private': lambda e: e.http['served_by'] == 'shared-cache' and 'private' in e.cc,
    'stale-forbidden': lambda e: stale(e) or 'no-cache' in e.cc,
    'stale-unmarked': lambda e: stale(e) and e.method and 'max-stale' not in e.asked.get('cache-control', ''),
    'unchanged-resent-date': lambda e: e.status < 300 and not e.inm and e.modified <= e.since,
    'unchanged-resent-etag': lambda e: e.status < 300 and ('*' in e.inm or any(weak(tag, e.tag) for tag in e.inm)),
    'validate-foreign-etag': lambda e: e.inm and not any(weak(tag, o.tag) for o in e.before for tag in e.inm),
    'validate-without-etag': lambda e: e.since is not None and not e.inm and any(o.tag for o in e.before),
    'validate-wrong-variant': lambda e: any('vary' in o.got for o in e.before),
    'vary-ignored': lambda e: e.http['served_by'] == 'shared-cache' and 'vary' in e.got,
    'vary-inconsistent': lambda e: any(o.got.get('vary') != e.got.get('vary') for o in e.before),
    'add-validator': lambda e: not e.tag and e.modified is None and 'last-modified' not in e.got,
    'age-eats-lifetime': lambda e: int(e.got['age']) * 2 > (e.lifetime() or 0),
    'clock-skew': lambda e: abs(e.row['time'] - e.date) > 4,
    'etag-encoding-suffix': lambda e: e.status == 200 and e.inm and e.tag,
    'etag-per-node': lambda e: any(e.same_body(o) and o.tag != e.tag for o in e.before) and
                     (len({o.row['server'] for o in e.before + [e]}) > 1 or any(o.tag == e.tag for o in e.before)),
    'etag-unstable': lambda e: any(e.same_body(o) and o.tag != e.tag for o in e.before),
    'expires-and-max-age': lambda e: 'expires' in e.got and 'max-age' in e.cc,
    'explicit-lifetime': lambda e: 'max-age' not in e.cc and 'expires' not in e.got and e.modified is not None,
    'guard-writes': lambda e: not e.read and not e.asks('if-match', 'if-none-match') and
                    any(o.tag or o.modified for o in e.before),
    'immutable': lambda e: e.status == 304 and 'immutable' not in e.cc,
    'lengthen-lifetime': lambda e: e.status == 304 and sum(o.status == 304 for o in e.before) >= 2 and
                         not re.search('no-cache|max-age=0', e.asked.get('cache-control', '')),
    'lm-weak': lambda e: e.modified == e.date,
    'lost-update-race': lambda e: not e.asks('if-match') and any(not o.read for o in e.before),
    'no-cache-needs-validator': lambda e: not e.tag and re.search('no-cache|max-age=0', e.cc),
    'pragma-only': lambda e: 'pragma' in e.got and 'cache-control' not in e.got,
    'reload-forced': lambda e: re.search('no-cache|no-store|max-age=0', e.asked.get('cache-control', '') +
                                         e.asked.get('pragma', '')) and e.http['outcome'] != 'unchanged-resent',
    'reuse-fresh': lambda e: e.before,
    'send-conditional': lambda e: e.method == 'GET' and not e.inm and any(
        (o.tag or o.modified) and o.method == 'GET' and o.status in (200, 206, 304) or o.method == 'PUT'
        for o in e.before),
    'validator-useless': lambda e: 'no-store' in e.cc and (e.tag or 'last-modified' in e.got),
    'vary-missing': lambda e: 'content-encoding' in e.got and 'accept-encoding' not in e.got.get('vary', '').lower(),
    'vary-too-broad': lambda e: 'vary' in e.got,
    'weak-blocks-range': lambda e: e.tag.startswith('W/') and e.asks('range'),
    '304-new-connection': lambda e: e.status == 304 and any(e.http.get('handshake_' + kind)
                                                            for kind in ('tcp', 'tunnel', 'tls')),
    '304-not-worth-it': lambda e: e.status == 304 and e.http['saved'] <= e.row['request_len'] + e.row['response_len'],
    '304-slow': lambda e: e.status == 304 and e.row['server_time'] >= 0.02,
    '304-storm': lambda e: e.status == 304 and 'page' in e.row,
}


def check(program, capture):
    out = subprocess.run([program, 'exchanges', '--format', 'ndjson', capture], capture_output=True, text=True).stdout
    told, false, seen = 0, [], {}
    for row in map(json.loads, out.splitlines()):
        before = seen.setdefault((row.get('authority'), row.get('target')), [])
        exchange = Exchange(row, before)
        before.append(exchange)
        for word in exchange.http.get('violation', []) + exchange.http.get('advice', []):
            told += 1
            try:
                right = word in NEEDS and NEEDS[word](exchange)
            except (KeyError, TypeError, AttributeError):  # a field that it needs is not there
                right = False
            if not right:
                false.append(f'{capture}: {word} at frame {row.get("response_frame", row.get("request_frame"))}')
    return told, false


def captures(path):
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob('*') if re.search(r'\.p?cap(ng)?$', file.name))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--capan', default='build/core/cli/capan')
    parser.add_argument('paths', nargs='+', type=Path)
    options = parser.parse_args()
    results = [check(options.capan, str(file)) for path in options.paths for file in captures(path)]
    false = [line for _, lines in results for line in lines]
    print('\n'.join(false + [f'{sum(told for told, _ in results)} violations and advice, {len(false)} false']))
    sys.exit(bool(false))


main()
