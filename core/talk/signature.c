/* SPDX-License-Identifier: MIT */
#include "signature.h"

#include "bytes.h"
#include "capan/tcp.h"
#include "hello.h"

#define WORD(name, token, phrase) {#name, token, CAPAN_NONE, "", phrase},
const struct capan_token capan_speeches[] = {CAPAN_SPEECHES(WORD)};
#undef WORD

/* --- what is more than a fixed beginning --- */

static bool is_digit(uint8_t octet) {
    return octet >= '0' && octet <= '9';
}

/* CONNECT, its length in one to four octets, and the name of the protocol. */
static bool is_mqtt(struct capan_span first) {
    size_t at = 1;
    while (at < 4 && at < first.len && first.at[at] & 0x80) at++;
    const struct capan_span name = span_cut(first, at + 1, 6);
    return first.len && first.at[0] == 0x10 && name.len == 6 &&
           (memcmp(name.at, "\0\4MQTT", 6) == 0 || memcmp(name.at, "\0\6MQIs", 6) == 0);
}

/* A command is an array of bulk strings. */
static bool is_redis(struct capan_span first) {
    size_t at = 1;
    while (at < first.len && is_digit(first.at[at])) at++;
    return at > 1 && first.len >= at + 3 && first.at[0] == '*' && memcmp(first.at + at, "\r\n$", 3) == 0;
}

/* The greeting: a packet's length and its number 0, version 10 of the protocol, the server's version. */
static bool is_mysql(struct capan_span first) {
    return first.len >= 6 && first.at[2] == 0 && first.at[3] == 0 && first.at[4] == 10 && is_digit(first.at[5]);
}

/* A StartupMessage of version 3, or what asks for TLS or GSSAPI before it. */
static bool is_postgresql(struct capan_span first) {
    if (first.len < 8 || read_be16(first.at) != 0) return false;
    const uint32_t code = read_be32(first.at + 4);
    return code >> 16 == 3 || (read_be32(first.at) == 8 && code >= 80877102 && code <= 80877104);
}

/* An LDAPMessage with its number and a BindRequest, a SearchRequest or an ExtendedRequest. */
static bool is_ldap(struct capan_span first) {
    const size_t at = first.len > 1 && first.at[1] & 0x80 ? 2 + (first.at[1] & 0x7fu) : 2;
    const struct capan_span rest = span_cut(first, at, 4);
    return first.len > 2 && first.at[0] == 0x30 && rest.len == 4 && rest.at[0] == 2 && rest.at[1] == 1 &&
           (rest.at[3] == 0x60 || rest.at[3] == 0x63 || rest.at[3] == 0x77);
}

/* A query with one question, behind its length. */
static bool is_dns(struct capan_span first) {
    static const uint8_t counts[] = {0, 1, 0, 0, 0, 0, 0};
    return first.len > 14 && read_be16(first.at) >= 17 && read_be16(first.at) <= 512 && !(first.at[4] & 0xf8) &&
           memcmp(first.at + 6, counts, sizeof counts) == 0 && first.at[13] <= 2;
}

/* A NetBIOS session message with one of the three magic numbers. */
static bool is_smb(struct capan_span first) {
    return first.len >= 8 && first.at[0] == 0 && first.at[4] >= 0xfd && memcmp(first.at + 5, "SMB", 3) == 0;
}

/* A connection request of X.224 in a TPKT. */
static bool is_tpkt(struct capan_span first) {
    return first.len >= 6 && first.at[0] == 3 && first.at[1] == 0 && first.at[5] == 0xe0 &&
           (size_t)first.at[4] + 5 == read_be16(first.at + 2);
}

static bool is_bgp(struct capan_span first) {
    for (size_t i = 0; i < 16; i++)
        if (first.len <= i || first.at[i] != 0xff) return false;
    return true;
}

/* Version 5 and a list of methods, nothing behind it. */
static bool is_socks(struct capan_span first) {
    return first.len >= 3 && first.at[0] == 5 && (size_t)first.at[1] + 2 == first.len;
}

static bool is_telnet(struct capan_span first) {
    return first.len >= 3 && first.at[0] == 0xff && first.at[1] >= 0xfb && first.at[1] <= 0xfe;
}

static bool is_git(struct capan_span first) {
    return first.len > 8 && memcmp(first.at + 4, "git-", 4) == 0;
}

static bool has_sip(struct capan_span first) {
    for (size_t i = 0; i + 5 <= first.len; i++)
        if (memcmp(first.at + i, " sip:", 5) == 0) return true;
    return false;
}

static bool has_rtsp(struct capan_span first) {
    for (size_t i = 0; i + 6 <= first.len; i++)
        if (memcmp(first.at + i, " rtsp:", 6) == 0) return true;
    return false;
}

/* "220 host ESMTP ready" */
static bool greets_mail(struct capan_span first) {
    for (size_t i = 4; i + 4 <= first.len; i++)
        if (memcmp(first.at + i, "SMTP", 4) == 0 && memcmp(first.at, "220", 3) == 0) return true;
    return false;
}

static bool is_hello(struct capan_span first) {
    return capan_hello_begins(first) == CAPAN_BEGINS;
}

/* A record of any type but one that opens a connection, of a version that there is. */
static bool is_tls_record(struct capan_span first) {
    return first.len >= 5 && first.at[0] >= 20 && first.at[0] <= 23 && first.at[1] == 3 && first.at[2] <= 4 &&
           read_be16(first.at + 3) > 0 && read_be16(first.at + 3) <= (1 << 14) + 2048;
}

/* --- the table --- */

typedef bool test(struct capan_span first);

/* What a direction begins with: a text, in any case of letters; what a test says; NULL: anything, or nothing. */
struct beginning {
    const char *text;
    test *test;
};
#define TEXT(octets)                                                                                                   \
    { octets, NULL }
#define TEST(function)                                                                                                 \
    { NULL, function }
#define ANY                                                                                                            \
    { NULL, NULL }

/* Ordered: the first row that fits. short: so few octets tell only where they are the first of the connection. */
static const struct signature {
    enum capan_speech speech;
    bool is_short;
    struct beginning client, server;
    const char *source;
} signatures[] = {
    {CAPAN_SPEECH_SSH, false, TEXT("SSH-"), ANY, "RFC 4253 4.2"},
    {CAPAN_SPEECH_SSH, false, ANY, TEXT("SSH-"), "RFC 4253 4.2"},
    {CAPAN_SPEECH_SMTP, false, TEXT("EHLO "), ANY, "RFC 5321 4.1.1.1"},
    {CAPAN_SPEECH_SMTP, false, TEXT("HELO "), ANY, "RFC 5321 4.1.1.1"},
    {CAPAN_SPEECH_SMTP, false, TEXT("LHLO "), ANY, "RFC 2033 4.1"},
    {CAPAN_SPEECH_SMTP, false, ANY, TEST(greets_mail), "RFC 5321 4.3.1"},
    {CAPAN_SPEECH_FTP, false, TEXT("USER "), TEXT("220"), "RFC 959 5.4"},
    {CAPAN_SPEECH_FTP, false, TEXT("AUTH "), TEXT("220"), "RFC 4217 4"},
    {CAPAN_SPEECH_FTP, false, TEXT("FEAT\r"), TEXT("220"), "RFC 2389 3"},
    {CAPAN_SPEECH_FTP_OR_SMTP, true, ANY, TEXT("220 "), "RFC 959 5.4, RFC 5321 4.3.1"},
    {CAPAN_SPEECH_FTP_OR_SMTP, true, ANY, TEXT("220-"), "RFC 959 5.4, RFC 5321 4.3.1"},
    {CAPAN_SPEECH_REDIS, true, TEST(is_redis), ANY, "RESP, Redis' protocol specification"},
    {CAPAN_SPEECH_POP3, true, ANY, TEXT("+OK"), "RFC 1939 3"},
    {CAPAN_SPEECH_IMAP, true, ANY, TEXT("* OK"), "RFC 9051 7.1"},
    {CAPAN_SPEECH_IMAP, true, ANY, TEXT("* PREAUTH"), "RFC 9051 7.1"},
    {CAPAN_SPEECH_IMAP, true, ANY, TEXT("* BYE"), "RFC 9051 7.1"},
    {CAPAN_SPEECH_NNTP, false, TEXT("MODE READER"), ANY, "RFC 3977 5.3"},
    {CAPAN_SPEECH_NNTP, true, TEXT("CAPABILITIES"), TEXT("20"), "RFC 3977 5.2"},
    {CAPAN_SPEECH_NNTP, true, ANY, TEXT("200 "), "RFC 3977 5.1"},
    {CAPAN_SPEECH_NNTP, true, ANY, TEXT("201 "), "RFC 3977 5.1"},
    {CAPAN_SPEECH_XMPP, true, TEXT("<?xml"), TEXT("<"), "RFC 6120 4.2"},
    {CAPAN_SPEECH_XMPP, false, TEXT("<stream:stream"), ANY, "RFC 6120 4.2"},
    {CAPAN_SPEECH_IRC, true, TEXT("NICK "), ANY, "RFC 2812 3.1"},
    {CAPAN_SPEECH_IRC, true, TEXT("CAP LS"), ANY, "IRCv3 capability negotiation"},
    {CAPAN_SPEECH_IRC, true, TEXT("USER "), TEXT(":"), "RFC 2812 3.1"},
    {CAPAN_SPEECH_SIP, false, ANY, TEXT("SIP/2.0 "), "RFC 3261 7.2"},
    {CAPAN_SPEECH_SIP, false, TEST(has_sip), ANY, "RFC 3261 7.1"},
    {CAPAN_SPEECH_RTSP, false, ANY, TEXT("RTSP/"), "RFC 7826 8.1"},
    {CAPAN_SPEECH_RTSP, false, TEST(has_rtsp), ANY, "RFC 7826 7.1"},
    {CAPAN_SPEECH_MQTT, false, TEST(is_mqtt), ANY, "MQTT 5.0 3.1.2.1"},
    {CAPAN_SPEECH_AMQP, false, TEXT("AMQP"), ANY, "AMQP 1.0 2.2"},
    {CAPAN_SPEECH_MYSQL, true, ANY, TEST(is_mysql), "MySQL, Protocol::HandshakeV10"},
    {CAPAN_SPEECH_POSTGRESQL, true, TEST(is_postgresql), ANY, "PostgreSQL, message formats"},
    {CAPAN_SPEECH_LDAP, true, TEST(is_ldap), ANY, "RFC 4511 4.1.1"},
    {CAPAN_SPEECH_DNS, true, TEST(is_dns), ANY, "RFC 7766 8"},
    {CAPAN_SPEECH_SMB, false, TEST(is_smb), ANY, "MS-SMB2 2.1"},
    {CAPAN_SPEECH_TPKT, true, TEST(is_tpkt), ANY, "RFC 1006 6, MS-RDPBCGR 2.2.1.1"},
    {CAPAN_SPEECH_VNC, false, ANY, TEXT("RFB 0"), "RFC 6143 7.1.1"},
    {CAPAN_SPEECH_BGP, false, TEST(is_bgp), ANY, "RFC 4271 4.1"},
    {CAPAN_SPEECH_BGP, false, ANY, TEST(is_bgp), "RFC 4271 4.1"},
    {CAPAN_SPEECH_SOCKS, true, TEST(is_socks), TEXT("\5"), "RFC 1928 3"},
    {CAPAN_SPEECH_TELNET, true, ANY, TEST(is_telnet), "RFC 854"},
    {CAPAN_SPEECH_TELNET, true, TEST(is_telnet), ANY, "RFC 854"},
    {CAPAN_SPEECH_RSYNC, false, ANY, TEXT("@RSYNCD:"), "rsync daemon protocol"},
    {CAPAN_SPEECH_GIT, false, TEST(is_git), ANY, "gitprotocol-pack"},
    {CAPAN_SPEECH_BITTORRENT, false, TEXT("\23BitTorrent protocol"), ANY, "BEP 3"},
    {CAPAN_SPEECH_TLS, false, TEST(is_hello), ANY, "RFC 8446 4.1.2"},
    {CAPAN_SPEECH_TLS, false, ANY, TEST(is_hello), "RFC 8446 4.1.2"},
    {CAPAN_SPEECH_TLS_MIDWAY, false, TEST(is_tls_record), ANY, "RFC 8446 5.1"},
    {CAPAN_SPEECH_TLS_MIDWAY, false, ANY, TEST(is_tls_record), "RFC 8446 5.1"},
};

static uint8_t upper(uint8_t octet) {
    return octet >= 'a' && octet <= 'z' ? (uint8_t)(octet - 'a' + 'A') : octet;
}

static bool begins_with(struct capan_span first, const char *text) {
    size_t i = 0;
    while (text[i] && i < first.len && upper(first.at[i]) == upper((uint8_t)text[i])) i++;
    return !text[i];
}

static bool fits(const struct beginning *beginning, struct capan_span first) {
    if (beginning->test) return beginning->test(first);
    return !beginning->text || begins_with(first, beginning->text);
}

enum capan_speech capan_signature(const struct capan_span first[2], bool began) {
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const struct signature *row = &signatures[i];
        if (row->is_short && !began) continue;
        if (!fits(&row->client, first[CAPAN_C2S]) || !fits(&row->server, first[CAPAN_S2C])) continue;
        return began && row->speech == CAPAN_SPEECH_TLS_MIDWAY ? CAPAN_SPEECH_TLS : row->speech;
    }
    return began && first[CAPAN_C2S].len + first[CAPAN_S2C].len ? CAPAN_SPEECH_OTHER : CAPAN_SPEECH_UNKNOWN;
}
