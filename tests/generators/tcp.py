# SPDX-License-Identifier: MIT
"""TCP captures: why a segment was sent, how connections open and close, and what a capture misses.

Numbers and delays are those of common stacks: 20 ms of round trip, a timeout of 200 ms above it that doubles, three
duplicate ACKs, a tail loss probe after two round trips. Where a timeout is meant, SACK is off: a stack with SACK may
probe the tail at the same moment (RFC 8985 7).
"""
from packets import (Capture, Flow, Host, PROTOCOL_ICMP, ethernet_frame, icmp_message, ip_packet, opt_fast_open,
                     opt_mss, text_noise, write_all)

START_S = 1767225600  # 2026-01-01 00:00:00 UTC
MSS = 1460
RTT = 20.0


def host(number, **how):
    return Host('192.0.2.%d' % number, '02:00:5e:00:00:%02x' % number, next_id=number << 8, **how)


def data(size, seed=1):
    return text_noise(size, seed).encode('ascii')


def flow_of(capture, port=40000, **how):
    """Port 9000: nothing that anyone takes for HTTP."""
    return Flow(capture, host(10), host(80), (port, 9000), isns=how.pop('isns', (100_000, 500_000)), **how)


def one(talk, opened=True, closed=True, **how):
    def capture_of():
        capture = Capture(START_S)
        flow = flow_of(capture, **how)
        if opened:
            flow.handshake(RTT)
            capture.wait(1)
        talk(flow)
        if closed:
            capture.wait(100)
            flow.close(first=0, rtt=RTT)
        return capture
    return capture_of


def burst(flow, count, lost=(), unseen=(), seed=1, size=MSS):
    """The server sends count full segments; those in lost never arrive, those in unseen the capture misses."""
    for number in range(count):
        flow.server('PA' if number == count - 1 else 'A', data(size, seed + number), arrives=number not in lost,
                    captured=number not in unseen)
        flow.capture.wait(0.12)


def acked(flow, count=1, gap=0.12):
    """ACKs of the client with what it knows by now."""
    for _ in range(count):
        flow.client()
        flow.capture.wait(gap)


def burst_with_acks(flow, count, lost, unseen=()):
    """As burst(), at the server: the client's ACKs come one round trip later, one for each segment that arrived."""
    client, answers = flow.sides[0], []
    for number in range(count):
        flow.server('PA' if number == count - 1 else 'A', data(MSS, 1 + number), arrives=number not in lost,
                    captured=number not in unseen)
        flow.capture.wait(0.12)
        if number not in lost:
            answers.append((client.rcv_nxt, list(client.early)))
    flow.capture.wait(RTT)
    for rcv_nxt, early in answers:
        client.rcv_nxt, client.early = rcv_nxt, early
        flow.client()
        flow.capture.wait(0.12)


def again(flow, number, size=MSS, seed=None, flags='A', **how):
    """The server's segment number (from 0) once more."""
    flow.server(flags, data(size, 1 + number if seed is None else seed), seq=flow.at(1, 1 + number * MSS), **how)


def fast_and_sack(flow):
    """Two holes of one flight, seen at the sender: three duplicate ACKs, then the second hole."""
    burst_with_acks(flow, 10, lost=(1, 4))
    again(flow, 1)
    flow.capture.wait(0.1)
    again(flow, 4)
    flow.capture.wait(RTT)
    acked(flow)


def fast_without_sack(flow):
    burst_with_acks(flow, 8, lost=(1,))
    again(flow, 1)
    flow.capture.wait(RTT)
    acked(flow)


def recovered_at_receiver(flow):
    """The receiver's side: the first copy never came; the second fills the hole one round trip after the ACKs."""
    burst(flow, 2)
    acked(flow)
    flow.capture.wait(RTT)
    for number in range(2, 8):
        lost = number == 3
        flow.server('A', data(MSS, 1 + number), arrives=not lost, captured=not lost)
        flow.capture.wait(0.05)
        if number > 3:
            flow.client()
            flow.capture.wait(0.07)
    flow.capture.wait(RTT)
    again(flow, 3)
    flow.capture.wait(0.05)
    acked(flow)


def tail_loss_probe(flow):
    """RFC 8985 7.2: the last segment is lost; after two round trips it is sent again, before any timeout."""
    burst_with_acks(flow, 4, lost=(3,))
    flow.capture.wait(2 * RTT - 0.5)
    again(flow, 3, flags='PA')
    flow.capture.wait(RTT)
    acked(flow)


def timeouts(flow):
    """RFC 6298 5.5: 220 ms, 440 ms, 880 ms."""
    burst_with_acks(flow, 2, lost=())
    flow.server('PA', data(500, 9), arrives=False)
    for delay in (220, 440, 880):
        flow.capture.wait(delay)
        again(flow, 2, size=500, seed=9, flags='PA', arrives=delay == 880)
    flow.capture.wait(RTT)
    acked(flow)


def one_octet_again(flow):
    """A key press of a remote shell is lost: a retransmission, whatever its length."""
    flow.client('PA', b'l')
    flow.answer_after(1, RTT)
    flow.server('PA', b'l')
    flow.answer_after(0, RTT)
    flow.client()
    flow.capture.wait(300)
    flow.client('PA', b's', arrives=False)
    flow.capture.wait(220)
    flow.client('PA', b's', seq=flow.at(0, 2))
    flow.answer_after(1, RTT)
    flow.server('PA', b's')
    flow.answer_after(0, RTT)
    flow.client()


def reordered(flow):
    """Two segments change places on the path: nothing is sent again. IP identification tells."""
    burst(flow, 2)
    acked(flow)
    first_id = flow.sides[1].host.next_id
    start = flow.sides[1].snd_nxt
    flow.server('A', data(MSS, 4), seq=start + MSS, ident=first_id + 1)
    flow.capture.wait(0.06)
    flow.client()
    flow.capture.wait(0.02)
    flow.server('A', data(MSS, 3), seq=start, ident=first_id)
    flow.sides[1].host.next_id = first_id + 2
    flow.capture.wait(0.06)
    acked(flow)


def old_ack(flow):
    """The client's two ACKs change places."""
    burst(flow, 4)
    flow.client(ident=0x0b02)
    flow.capture.wait(0.1)
    flow.client(ack=flow.at(1, 1 + 2 * MSS), ident=0x0b01)
    flow.capture.wait(20)
    burst(flow, 1, seed=5)
    acked(flow)


def overtaken_ack(flow):
    """The client's last ACK is overtaken by its FIN."""
    burst(flow, 1)
    before = flow.sides[0].snd_nxt
    flow.client('FA', ident=0x0b02)
    flow.capture.wait(0.05)
    flow.client(seq=before, ident=0x0b01)
    flow.answer_after(1, RTT)
    flow.server('FA')
    flow.answer_after(0, RTT)
    flow.client()


def repeated_acks(flow):
    """The same ACK three times with nothing outstanding: no duplicate ACKs in the sense of RFC 5681."""
    burst(flow, 2)
    acked(flow, count=3, gap=30)


def span_duplicates():
    """A mirror port shows every frame when it comes in and when it goes out: one hop less, 30 us later."""
    capture = one(lambda flow: (burst(flow, 3), acked(flow)))()
    doubled = []
    for time_us, frame in capture.records:
        doubled.append((time_us, frame))
        out = bytearray(frame)
        out[22] -= 1
        out[24:26] = (int.from_bytes(out[24:26], 'big') + 0x100).to_bytes(2, 'big')
        doubled.append((time_us + 30, bytes(out)))
    capture.records = sorted(doubled, key=lambda record: record[0])
    return capture


def capture_loss(flow):
    """The capture drops two segments; the client acknowledges them."""
    burst(flow, 6, unseen=(2, 3))
    acked(flow)


def keep_alives(flow):
    burst(flow, 1)
    acked(flow)
    for _ in range(3):
        flow.capture.wait(45_000)
        flow.client(seq=flow.sides[0].snd_nxt - 1)
        flow.answer_after(1, RTT)
        flow.server()


def fill_window(flow):
    """The client reads nothing: its window of two segments fills."""
    flow.sides[0].window = 2 * MSS
    flow.client()
    flow.capture.wait(1)
    burst(flow, 2)
    flow.client(window=0)


def reopen_window(flow):
    flow.capture.wait(300)
    flow.client(window=65000)
    flow.sides[0].window = 65000
    flow.answer_after(1, RTT)


def zero_window_linux(flow):
    """Probes without data, one below what is next; each answered with the window still closed."""
    fill_window(flow)
    for delay in (220, 440, 880):
        flow.capture.wait(delay)
        flow.server(seq=flow.sides[1].snd_nxt - 1)
        flow.answer_after(0, RTT)
        flow.client(window=0)
    reopen_window(flow)
    burst(flow, 1, seed=7)
    acked(flow)


def zero_window_octet(flow):
    """RFC 9293 3.8.6.1: probes of one octet that the receiver does not take."""
    fill_window(flow)
    for delay in (300, 600):
        flow.capture.wait(delay)
        flow.server(payload=data(1, 7), seq=flow.at(1, 1 + 2 * MSS), arrives=False)
        flow.answer_after(0, RTT)
        flow.client(window=0)
    reopen_window(flow)
    flow.server('PA', data(MSS, 7), seq=flow.at(1, 1 + 2 * MSS))
    flow.capture.wait(0.12)
    acked(flow)


def window_update(flow):
    flow.client()
    flow.capture.wait(1)
    burst(flow, 2)
    flow.client(window=20000)
    flow.capture.wait(5)
    flow.client(window=64240)
    flow.capture.wait(5)


def needless(flow):
    """A delay spike, no loss: the timeout was needless and the D-SACK says so (RFC 2883)."""
    burst(flow, 1)
    flow.capture.wait(220)
    again(flow, 0, flags='PA', arrives=False)
    resent_at = flow.clock(1)
    flow.capture.wait(RTT)
    flow.client()
    flow.capture.wait(210)
    flow.sides[0].ts_recent = resent_at
    flow.client(dsack=(flow.at(1, 1), flow.at(1, 1 + MSS)))


def repacketised(flow):
    """The retransmission takes new data along."""
    flow.server('PA', data(300, 1), arrives=False)
    flow.capture.wait(220)
    flow.server('PA', data(300, 1) + data(400, 2), seq=flow.at(1, 1))
    flow.capture.wait(RTT)
    acked(flow)


def conflict(flow):
    """Sent again with other content."""
    flow.server('PA', data(300, 1), arrives=False)
    flow.capture.wait(220)
    flow.server('PA', data(300, 2), seq=flow.at(1, 1))
    flow.capture.wait(RTT)
    acked(flow)


def nagle(flow):
    """A small segment waits for the ACK of another small one, and that ACK is delayed by 40 ms."""
    for _ in range(3):
        flow.client('PA', data(100, 1))
        flow.answer_after(1, RTT)
        flow.capture.wait(40)
        flow.server()
        flow.answer_after(0, RTT)
        flow.client('PA', data(50, 2))
        flow.answer_after(1, RTT)
        flow.server('PA', data(20, 3))
        flow.answer_after(0, RTT)
        flow.client()
        flow.capture.wait(200)


def path_mtu(flow):
    """A router with a link of 1400 octets refuses; the data goes again in smaller segments (RFC 1191)."""
    router = host(1)
    start = flow.sides[1].snd_nxt
    for number in range(2):
        frame = flow.server('PA' if number else 'A', data(MSS, 1 + number), arrives=False)
        flow.capture.wait(0.1)
        refusal = icmp_message(3, 4, 1400, frame[14:42])
        flow.capture.wait(2)
        source = flow.sides[1].host
        flow.capture.add(ethernet_frame(router, source, ip_packet(router, source, PROTOCOL_ICMP, refusal)))
    octets = data(MSS, 1) + data(MSS, 2)
    for at in range(0, len(octets), 1360):
        flow.capture.wait(0.1)
        flow.server('A', octets[at:at + 1360], seq=start + at)
    flow.capture.wait(RTT)
    acked(flow)


def wrap(flow):
    burst(flow, 3)
    acked(flow)


def simultaneous_close(flow):
    burst(flow, 1)
    acked(flow)
    flow.capture.wait(50)
    ends = flow.sides[0].snd_nxt, flow.sides[1].snd_nxt
    flow.client('FA', arrives=False)
    flow.capture.wait(1)
    flow.server('FA', ack=ends[0], arrives=False)
    flow.capture.wait(RTT / 2)
    flow.client(ack=ends[1] + 1)
    flow.capture.wait(1)
    flow.server(ack=ends[0] + 1)


def half_close(flow):
    """The client says it is done; the server goes on for two seconds."""
    flow.client('PA', data(50))
    flow.capture.wait(1)
    flow.client('FA')
    flow.answer_after(1, RTT)
    flow.server()
    for number in range(4):
        flow.capture.wait(500)
        flow.server('PA', data(200, number))
        flow.answer_after(0, RTT)
        flow.client()
    flow.server('FA')
    flow.answer_after(0, RTT)
    flow.client()


def fin_again(flow):
    flow.client('FA', arrives=False)
    for arrives in (False, True):
        flow.capture.wait(220)
        flow.client('FA', seq=flow.at(0, 1), arrives=arrives)
    flow.answer_after(1, RTT)
    flow.server('FA')
    flow.answer_after(0, RTT)
    flow.client()


def aborted(flow):
    """The server's process dies with data unread."""
    flow.client('PA', data(100))
    flow.answer_after(1, RTT)
    flow.server('RA')


def reset_late(flow):
    """The client has closed and gone; data that still comes is answered with a reset."""
    flow.client('FA')
    flow.answer_after(1, RTT)
    flow.server('PA', data(500))
    flow.answer_after(0, RTT)
    flow.client('R', seq=flow.at(0, 2), ack=0)


def blind_resets(flow):
    """RFC 5961 3.2: a reset inside the window draws a challenge ACK; one outside is ignored."""
    burst(flow, 1)
    acked(flow)
    flow.client('R', seq=flow.sides[0].snd_nxt + 5000, ack=0, forged=True)
    flow.answer_after(1, RTT)
    flow.server()
    flow.capture.wait(100)
    flow.client('R', seq=flow.sides[0].isn - 900_000, ack=0, forged=True)
    flow.capture.wait(100)
    burst(flow, 1, seed=2)
    acked(flow)


def challenged_syn(flow):
    """RFC 5961 4.2: a SYN inside an open connection."""
    burst(flow, 1)
    acked(flow)
    flow.client('S', seq=flow.at(0, 900), options=opt_mss(MSS), forged=True)
    flow.answer_after(1, RTT)
    flow.server()


def refused(flow):
    flow.client('S')
    flow.answer_after(1, RTT)
    flow.server('RA', seq=0)


def unanswered(flow):
    for delay in (0, 1000, 2000, 4000):
        flow.capture.wait(delay)
        flow.client('S', seq=flow.at(0, 0), arrives=False)


def syn_burst(flow):
    """An impatient client: three SYNs in three milliseconds, one answer."""
    for delay in (0, 1.5, 1.5):
        flow.capture.wait(delay)
        flow.client('S', seq=flow.at(0, 0))
    flow.answer_after(1, RTT)
    flow.server('SA')
    flow.answer_after(0, RTT)
    flow.client()


def ignored_syn(flow):
    """The first SYN gets no answer; the client starts over on the same port with another ISN, and that one is answered."""
    flow.client('S', seq=flow.at(0, 0) - 40_000, forged=True)
    flow.capture.wait(3000)
    flow.client('S')
    flow.answer_after(1, RTT)
    flow.server('SA')
    flow.answer_after(0, RTT)
    flow.client()


def syn_ack_again(flow):
    flow.client('S')
    flow.answer_after(1, RTT)
    flow.server('SA', arrives=False)
    flow.capture.wait(1000)
    flow.server('SA', seq=flow.at(1, 0))
    flow.answer_after(0, RTT)
    flow.client()


def simultaneous_open(flow):
    """RFC 9293 3.5, figure 7."""
    flow.client('S')
    flow.capture.wait(2)
    flow.server('S')
    flow.capture.wait(RTT / 2)
    flow.client('SA', seq=flow.at(0, 0))
    flow.capture.wait(2)
    flow.server('SA', seq=flow.at(1, 0))
    flow.capture.wait(RTT)
    burst(flow, 1)
    acked(flow)


def fast_open(flow):
    """RFC 7413: the SYN brings the cookie and the request."""
    flow.client('S', data(120), extra_options=opt_fast_open(bytes(range(8))))
    flow.answer_after(1, RTT)
    flow.server('SA')
    flow.capture.wait(0.3)
    flow.server('PA', data(600, 2))
    flow.answer_after(0, RTT)
    flow.client()


def port_reuse():
    """The same ports three seconds later, with a higher ISN."""
    capture = Capture(START_S)
    for number in range(2):
        flow = flow_of(capture, isns=(100_000 + 700_000 * number, 500_000 + 900_000 * number))
        flow.handshake(RTT)
        burst(flow, 1)
        acked(flow)
        flow.close(first=0, rtt=RTT)
        capture.wait(3000)
    return capture


def midstream():
    capture = one(lambda flow: (burst(flow, 2), acked(flow), burst(flow, 2, seed=4), acked(flow)))()
    del capture.records[:4]
    return capture


def client_only():
    """One direction: the way back went elsewhere."""
    capture = one(lambda flow: (burst(flow, 4), acked(flow)))()
    capture.records = [record for record in capture.records if record[1][34:36] != (9000).to_bytes(2, 'big')]
    return capture


def broken_option(flow):
    """An option longer than its room; then the connection goes on."""
    burst(flow, 1)
    acked(flow)
    flow.client('A', options=b'\x05\x20\0\0', forged=True)
    flow.capture.wait(10)
    burst(flow, 1, seed=2)
    acked(flow)


AT_SERVER = {'vantage': 'server'}
CAPTURES = {
    'fast-and-sack': one(fast_and_sack, **AT_SERVER),
    'fast-without-sack': one(fast_without_sack, sack=False, **AT_SERVER),
    'recovered-at-receiver': one(recovered_at_receiver, vantage='client'),
    'tail-loss-probe': one(tail_loss_probe, **AT_SERVER),
    'timeouts': one(timeouts, sack=False, **AT_SERVER),
    'one-octet-again': one(one_octet_again, sack=False, vantage='client'),
    'reordered': one(reordered, vantage='client'),
    'old-ack': one(old_ack),
    'overtaken-ack': one(overtaken_ack, closed=False),
    'repeated-acks': one(repeated_acks),
    'span-duplicates': span_duplicates,
    'capture-loss': one(capture_loss),
    'keep-alives': one(keep_alives, vantage='client'),
    'zero-window-linux': one(zero_window_linux, **AT_SERVER),
    'zero-window-octet': one(zero_window_octet, **AT_SERVER),
    'window-update': one(window_update),
    'needless': one(needless, timestamps=True, **AT_SERVER),
    'repacketised': one(repacketised, sack=False, **AT_SERVER),
    'conflict': one(conflict, sack=False, **AT_SERVER),
    'nagle': one(nagle, vantage='client'),
    'path-mtu': one(path_mtu, **AT_SERVER),
    'sequence-wrap': one(wrap, isns=(2**32 - 1, 2**32 - 2000)),
    'simultaneous-close': one(simultaneous_close, closed=False),
    'half-close': one(half_close, closed=False),
    'fin-again': one(fin_again, closed=False, sack=False, vantage='client'),
    'aborted': one(aborted, closed=False),
    'reset-late': one(reset_late, closed=False),
    'blind-resets': one(blind_resets),
    'challenged-syn': one(challenged_syn),
    'refused': one(refused, opened=False, closed=False),
    'unanswered': one(unanswered, opened=False, closed=False),
    'syn-burst': one(syn_burst, opened=False),
    'ignored-syn': one(ignored_syn, opened=False),
    'syn-ack-again': one(syn_ack_again, opened=False),
    'simultaneous-open': one(simultaneous_open, opened=False),
    'fast-open': one(fast_open, opened=False),
    'port-reuse': port_reuse,
    'midstream': midstream,
    'client-only': client_only,
    'broken-option': one(broken_option),
}

if __name__ == '__main__':
    write_all({'tcp/' + name: make for name, make in CAPTURES.items()})
