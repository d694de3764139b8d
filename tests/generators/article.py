# SPDX-License-Identifier: MIT
"""The capture that a well-known article tells frame by frame: a browser opens www.baidu.com.

The article's numbers fix every length, sequence and acknowledgement number of frames 1 to 33, its words the client's
address and the targets. The contents, the times, the sizes of the favicon and the closing frames are ours.
"""
from deflate import gzip
from link import packet_of, pppoe
from packets import Capture, Flow, Host, ethernet_frame, icmp_message, ip_packet, text_noise, write_all, PROTOCOL_ICMP

START_S = 1247551200  # 2009-07-14 06:00:00 UTC
DATE = 'Tue, 14 Jul 2009 06:00:0%d GMT'
RTT = 31.0

# Payload octets by the article: frame length - 54.
GET_PAGE, GET_LOGO, GET_SCRIPT, GET_FAVICON = 363, 438, 411, 399
PAGE_HEADER, PAGE_BODY = 411, 2139
LOGO_HEADER, LOGO_BODY = 312, 1801 - 312
SCRIPT_HEADER, SCRIPT_BODY = 310, 3897 - 310
FAVICON_HEADER, FAVICON_BODY = 303, 318
SEGMENT = 1420
SCRIPT = '/js/bdsug.js?v=1.0.3.0'


def client_host():
    return Host('192.168.89.125', '02:00:5e:10:00:40', ttl=128, next_id=0x1f40)


def server_host(next_id):
    return Host('220.181.6.175', '02:00:5e:10:00:01', ttl=53, next_id=next_id)


def head(start_line, fields, size):
    """The header section, stretched to exactly size octets by the digits that '{}' in fields stands for."""
    lines = '\r\n'.join([start_line] + ['%s: %s' % field for field in fields]) + '\r\n\r\n'
    digits = size - len(lines) + len('{}')
    assert digits > 0, (start_line, digits)
    return lines.replace('{}', text_noise(digits, seed=size).upper()).encode('ascii')


def request(target, accept, size, referer=None):
    fields = [('Accept', accept), ('Accept-Language', 'zh-cn'), ('Accept-Encoding', 'gzip, deflate'),
              ('User-Agent', 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)'), ('Host', 'www.baidu.com'),
              ('Connection', 'Keep-Alive'), ('Cookie', 'BAIDUID={}:FG=1')]
    if referer:
        fields.insert(1, ('Referer', referer))
    return head('GET %s HTTP/1.1' % target, fields, size)


def response(second, fields, body, size):
    common = [('Date', DATE % second), ('Server', 'BWS/1.0'), ('Content-Length', str(len(body)))]
    return head('HTTP/1.1 200 OK', common + fields + [('Connection', 'Keep-Alive')], size)


def page_text(filler):
    return ('<html><head><meta http-equiv=content-type content="text/html; charset=gb2312">'
            '<title>\u767e\u5ea6\u4e00\u4e0b\uff0c\u4f60\u5c31\u77e5\u9053</title></head>\r\n'
            '<body><img src=/img/baidu_logo.gif width=270 height=129>\r\n'
            '<form name=f action=/s><input name=wd size=42><input type=submit value="\u767e\u5ea6\u4e00\u4e0b">'
            '</form>\r\n<p>\u65b0\u95fb \u7f51\u9875 \u8d34\u5427 \u77e5\u9053 MP3 \u56fe\u7247 \u89c6\u9891</p>\r\n'
            + '<p>\u641c\u7d22\u65f6\u8f93\u5165\u5173\u952e\u8bcd\u5373\u53ef</p>\r\n' * 8
            + '<script>document.write("<script src=http://www.baidu.com' + SCRIPT + '><\\/script>")</script>\r\n'
            '<!-- %s -->\r\n</body></html>\r\n' % filler).encode('gb2312')


def page_body():
    """A page whose gzip form has the article's 2139 octets: about one more for each octet of filler."""
    size, coded = 0, b''
    while len(coded) != PAGE_BODY:
        size += PAGE_BODY - len(coded) if coded else 0
        coded = gzip(page_text(text_noise(2 * size, seed=2139)[::2]))
    return coded


def logo_body():
    """A GIF of one white pixel, with a comment extension that fills it up (GIF89a 24)."""
    start = b'GIF89a' + bytes([1, 0, 1, 0, 0x80, 0, 0]) + b'\xff\xff\xff\0\0\0'
    end = b'\x2c' + bytes([0, 0, 0, 0, 1, 0, 1, 0, 0]) + b'\x02\x02\x44\x01\0' + b'\x3b'
    left = LOGO_BODY - len(start) - len(end) - 3
    filler = text_noise(left, seed=1489).encode('ascii')
    blocks = b''
    while left:
        size = min(left - 1, 255)
        blocks += bytes([size]) + filler[:size]
        left -= size + 1
    return start + b'\x21\xfe' + blocks + b'\0' + end


def script_body():
    text = 'function bdsug(w){return w?"/su?wd="+encodeURIComponent(w):"";}\r\n'
    lines = ['var s%02d="%s";\r\n' % (number, text_noise(60, seed=number)) for number in range(1, 60)]
    text += ''.join(lines)
    return (text[:SCRIPT_BODY - 4] + '*/\r\n').replace(';\r\n', ';/*', 1).encode('ascii')


def favicon_body():
    """A 16 by 16 icon of 16 colours: 318 octets."""
    directory = bytes([0, 0, 1, 0, 1, 0, 16, 16, 16, 0, 0, 0, 0, 0, 0x28, 1, 0, 0, 22, 0, 0, 0])
    bitmap = bytes([40, 0, 0, 0, 16, 0, 0, 0, 32, 0, 0, 0, 1, 0, 4, 0]) + bytes(24)
    return (directory + bitmap).ljust(FAVICON_BODY, b'\0')


def send_body(flow, body, sizes, acked_after):
    """The body in the article's sizes; the client acknowledges after the pieces named."""
    at = 0
    for number, size in enumerate(sizes):
        flow.capture.wait(0.19)
        flow.server('PA' if number == len(sizes) - 1 else 'A', body[at:at + size], window=flow.sides[1].window)
        at += size
        if number in acked_after:
            flow.capture.wait(0.04)
            flow.client()
    assert at == len(body)


def page(capture):
    """Frames 1 to 33 and the eight that close both connections."""
    client = client_host()
    first = Flow(capture, client, server_host(0x6b10), (5672, 80), (0x3c9a51f0, 0x8d20b3c6), (65535, 5840),
                 vantage='client')
    second = Flow(capture, client, server_host(0xa4c2), (5673, 80), (0x3c9d0b72, 0x8d3a7715), (65535, 5840),
                  vantage='client')
    referer = 'http://www.baidu.com/'
    icon = [('Content-Type', 'image/x-icon'), ('Last-Modified', 'Mon, 02 Mar 2009 09:21:13 GMT'),
            ('ETag', '"13e-49aba599"'), ('X-Node', '{}')]

    first.handshake(RTT)                                                                        # 1 2 3
    capture.wait(0.4)
    first.client('PA', request('/', 'image/gif, image/jpeg, */*', GET_PAGE))                    # 4
    capture.wait(RTT)
    first.server(window=6432)                                                                   # 5
    first.sides[1].window = 6432
    body = page_body()
    capture.wait(1.7)
    first.server('PA', response(0, [
        ('Content-Type', 'text/html;charset=gb2312'), ('Content-Encoding', 'gzip'), ('Cache-Control', 'private'),
        ('Expires', DATE % 0), ('Vary', 'Accept-Encoding'), ('X-Node', '{}')], body, PAGE_HEADER))  # 6
    send_body(first, body, (SEGMENT, PAGE_BODY - SEGMENT), acked_after=(0,))                    # 7 8 9
    capture.wait(92)
    first.client('PA', request('/img/baidu_logo.gif', '*/*', GET_LOGO, referer))                # 10
    capture.wait(6)
    second.client('S')                                                                          # 11
    capture.wait(RTT - 6)
    first.server(window=7504)                                                                   # 12
    first.sides[1].window = 7504
    body = logo_body()
    capture.wait(0.9)
    first.server('PA', response(0, [
        ('Content-Type', 'image/gif'), ('Last-Modified', 'Fri, 03 Apr 2009 04:11:02 GMT'), ('ETag', '"5d1-49d58de6"'),
        ('Cache-Control', 'max-age=864000'), ('X-Node', '{}')], body, LOGO_HEADER))             # 13
    send_body(first, body, (SEGMENT, 28, 41), acked_after=(0, 2))                               # 14 15 16 17 18
    capture.wait(4.5)
    second.server('SA')                                                                         # 19
    capture.wait(0.05)
    second.client('A')                                                                          # 20
    capture.wait(0.3)
    second.client('PA', request(SCRIPT, '*/*', GET_SCRIPT, referer))                    # 21
    capture.wait(RTT)
    second.server(window=6432)                                                                  # 22
    second.sides[1].window = 6432
    body = script_body()
    capture.wait(1.1)
    second.server('PA', response(0, [
        ('Content-Type', 'application/x-javascript'), ('Last-Modified', 'Wed, 10 Jun 2009 02:43:50 GMT'),
        ('ETag', '"e03-4a2f1ef6"'), ('Cache-Control', 'max-age=3600'), ('X-Node', '{}')], body, SCRIPT_HEADER))  # 23
    send_body(second, body, (SEGMENT, SEGMENT, SCRIPT_BODY - 2 * SEGMENT), acked_after=(0, 2))  # 24 25 26 27 28
    capture.wait(140)
    first.client('PA', request('/favicon.ico', '*/*', GET_FAVICON))                             # 29
    capture.wait(RTT)
    first.server(window=8576)                                                                   # 30
    first.sides[1].window = 8576
    body = favicon_body()
    capture.wait(0.8)
    first.server('PA', response(0, icon, body, FAVICON_HEADER))                                 # 31
    send_body(first, body, (FAVICON_BODY,), acked_after=(0,))                                   # 32 33
    capture.wait(9_600)
    second.close(first=1, rtt=RTT)
    capture.wait(160)
    first.close(first=1, rtt=RTT)


def ping(capture, client, target, number, data):
    """ping -f -l SIZE: an echo request with DF, and its answer or a router's refusal."""
    request_octets = icmp_message(8, 0, 0x02000000 | number, bytes(97 + at % 23 for at in range(data)))
    packet = ip_packet(client, target, PROTOCOL_ICMP, request_octets)
    capture.add(ethernet_frame(client, target, packet, padded=False))
    return packet, request_octets


def ping_answered(capture, client, target, number, data):
    _, octets = ping(capture, client, target, number, data)
    capture.wait(RTT)
    reply = icmp_message(0, 0, 0x02000000 | number, octets[8:])
    capture.add(ethernet_frame(target, client, ip_packet(target, client, PROTOCOL_ICMP, reply)))
    capture.wait(1000 - RTT)


def pings(capture):
    """1452 octets pass, 1453 need fragmentation: the path carries 1480. Another host than the page's."""
    client = client_host()
    target = Host('220.181.6.18', '02:00:5e:10:00:01', ttl=53, next_id=0x2211)
    router = Host('192.168.89.1', '02:00:5e:10:00:01', ttl=64, next_id=0x0101)
    ping_answered(capture, client, target, 1, 1452)
    packet, _ = ping(capture, client, target, 2, 1453)
    capture.wait(0.6)
    refusal = icmp_message(3, 4, 1480, packet[:28])
    capture.add(ethernet_frame(router, client, ip_packet(router, client, PROTOCOL_ICMP, refusal)))
    capture.wait(2000)


def baidu():
    capture = Capture(START_S + 0.25)
    page(capture)
    return capture


def ping_then_page():
    capture = Capture(START_S - 2.75)
    pings(capture)
    page(capture)
    return capture


def baidu_over_pppoe():
    """The same datagrams on a machine that reaches the network by PPPoE (RFC 2516 4): 8 octets more in each frame."""
    capture = baidu()
    capture.records = [(time_us, pppoe(frame, packet_of(frame))) for time_us, frame in capture.records]
    return capture


if __name__ == '__main__':
    write_all({'article/baidu': baidu, 'article/baidu-pppoe': baidu_over_pppoe,
               'article/ping-then-page': ping_then_page})
