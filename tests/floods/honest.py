# SPDX-License-Identifier: MIT
"""The exchanges that have to be found in every flood: 500 fetches and 500 revalidations, on 50 connections."""
import wire

CONNECTIONS, FETCHES = 50, 10
EXCHANGES = 2 * CONNECTIONS * FETCHES


def target(connection, fetch):
    return '/honest/%d-%d' % (connection, fetch)


def talk_of(number):
    """Each client fetches ten targets, and asks for each again with the entity tag that it was given."""
    talk = wire.Talk(wire.address(number, 172), bytes((198, 51, 100, 7)), (50000 + number, 80), (7000, 9000))
    yield from talk.open()
    for fetch in range(FETCHES):
        path, tag = target(number, fetch).encode(), b'"%d"' % fetch
        yield from talk.fetch(wire.request(path, host=b'honest.test'), wire.answer(b'ETag: %s\r\n' % tag))
        yield from talk.fetch(wire.request(path, b'If-None-Match: %s\r\n' % tag, b'honest.test'),
                              b'HTTP/1.1 304 Not Modified\r\n%sETag: %s\r\n\r\n' % (wire.DATE, tag))
    yield from talk.close()


def frames():
    return [frame for number in range(CONNECTIONS) for frame in talk_of(number)]


def mixed(flood):
    """flood with the honest frames spread evenly over it."""
    honest = frames()
    out, given = [], 0
    for number, frame in enumerate(honest):
        upto = len(flood) * number // len(honest)
        out += flood[given:upto]
        out.append(frame)
        given = upto
    return out + flood[given:]


def count(rows):
    """Of exchanges as capan writes them, in NDJSON read: how many are found, and those of which something false is
    said: a fetch that was not one, or a 304 that came from elsewhere. Given up and told so is not false."""
    found, false, given = 0, [], {}
    for row in rows:
        name = row.get('target', '')
        if row.get('authority') != 'honest.test' or not name.startswith('/honest/'):
            continue
        http = row['http']
        conditional = http['cond'] != 'none'
        found += row.get('status') == (304 if conditional else 200)
        if not conditional:
            given[name] = row.get('response_frame')
            right = http['outcome'] == 'first-fetch'
        else:
            right = http['outcome'] == 'not-modified' and http.get('validator_in') == given.get(name)
        if not right and not http.get('forgotten'):
            false.append((name, http['outcome'], http['certainty']))
    return found, false
