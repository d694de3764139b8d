/* SPDX-License-Identifier: MIT */
/* What is said, by its first octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "midway.h"
#include "signature.h"

#define OCTETS(text)                                                                                                   \
    { (const uint8_t *)(text), sizeof(text) - 1 }

static const struct row {
    struct capan_span first[2];
    enum capan_speech began, midway;
} rows[] = {
    {{OCTETS("SSH-2.0-a\r\n"), OCTETS("")}, CAPAN_SPEECH_SSH, CAPAN_SPEECH_SSH},
    {{OCTETS(""), OCTETS("SSH-2.0-a\r\n")}, CAPAN_SPEECH_SSH, CAPAN_SPEECH_SSH},
    {{OCTETS("ehlo a\r\n"), OCTETS("220 b\r\n")}, CAPAN_SPEECH_SMTP, CAPAN_SPEECH_SMTP},
    {{OCTETS(""), OCTETS("220 b ESMTP\r\n")}, CAPAN_SPEECH_SMTP, CAPAN_SPEECH_SMTP},
    {{OCTETS("USER a\r\n"), OCTETS("220 b\r\n")}, CAPAN_SPEECH_FTP, CAPAN_SPEECH_FTP},
    {{OCTETS(""), OCTETS("220 b\r\n")}, CAPAN_SPEECH_FTP_OR_SMTP, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("USER a\r\n"), OCTETS("+OK\r\n")}, CAPAN_SPEECH_POP3, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("*2\r\n$3\r\nGET\r\n"), OCTETS("+OK\r\n")}, CAPAN_SPEECH_REDIS, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("*x\r\n$3\r\nGET\r\n"), OCTETS("$3\r\n")}, CAPAN_SPEECH_OTHER, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS(""), OCTETS("* OK ready\r\n")}, CAPAN_SPEECH_IMAP, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS(""), OCTETS("200 posting allowed\r\n")}, CAPAN_SPEECH_NNTP, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\x10\x13\0\4MQTT\4\2"), OCTETS("")}, CAPAN_SPEECH_MQTT, CAPAN_SPEECH_MQTT},
    {{OCTETS("\x10\x93\x01\0\6MQIsdp\3"), OCTETS("")}, CAPAN_SPEECH_MQTT, CAPAN_SPEECH_MQTT},
    {{OCTETS("\x10\x13\0\4MQ"), OCTETS("")}, CAPAN_SPEECH_OTHER, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS(""), OCTETS("J\0\0\0\n8.0.32\0")}, CAPAN_SPEECH_MYSQL, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\0\0\0\x08\4\xd2\x16\x2f"), OCTETS("S")}, CAPAN_SPEECH_POSTGRESQL, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\0\0\0\x54\0\3\0\0user"), OCTETS("R")}, CAPAN_SPEECH_POSTGRESQL, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\x30\x0c\2\1\1\x60\7\2\1\3"), OCTETS("")}, CAPAN_SPEECH_LDAP, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\0\x1d\0\7\1\0\0\1\0\0\0\0\0\0\7example"), OCTETS("")}, CAPAN_SPEECH_DNS, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\0\0\0\x54\xfeSMB@\0"), OCTETS("")}, CAPAN_SPEECH_SMB, CAPAN_SPEECH_SMB},
    {{OCTETS("\3\0\0\x13\x0e\xe0\0\0\0\0\0"), OCTETS("")}, CAPAN_SPEECH_TPKT, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS(""), OCTETS("RFB 003.008\n")}, CAPAN_SPEECH_VNC, CAPAN_SPEECH_VNC},
    {{OCTETS("\5\1\0"), OCTETS("\5\0")}, CAPAN_SPEECH_SOCKS, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\5\1\0x"), OCTETS("\5\0")}, CAPAN_SPEECH_OTHER, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\xff\xfd\x03"), OCTETS("")}, CAPAN_SPEECH_TELNET, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("0032git-upload-pack /a"), OCTETS("")}, CAPAN_SPEECH_GIT, CAPAN_SPEECH_GIT},
    {{OCTETS("\23BitTorrent protocol"), OCTETS("")}, CAPAN_SPEECH_BITTORRENT, CAPAN_SPEECH_BITTORRENT},
    {{OCTETS("OPTIONS sip:a SIP/2.0\r\n"), OCTETS("")}, CAPAN_SPEECH_SIP, CAPAN_SPEECH_SIP},
    {{OCTETS("OPTIONS rtsp://a RTSP/1"), OCTETS("")}, CAPAN_SPEECH_RTSP, CAPAN_SPEECH_RTSP},
    {{OCTETS("\x16\3\1\1\0\1\0\0\xfc\3\3"), OCTETS("")}, CAPAN_SPEECH_TLS, CAPAN_SPEECH_TLS},
    {{OCTETS("\x17\3\3\1\0abc"), OCTETS("")}, CAPAN_SPEECH_TLS, CAPAN_SPEECH_TLS_MIDWAY},
    {{OCTETS("\x17\3\3\xff\0abc"), OCTETS("")}, CAPAN_SPEECH_OTHER, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS("\0\1\2\3"), OCTETS("\4\5\6\7")}, CAPAN_SPEECH_OTHER, CAPAN_SPEECH_UNKNOWN},
    {{OCTETS(""), OCTETS("")}, CAPAN_SPEECH_UNKNOWN, CAPAN_SPEECH_UNKNOWN},
};

static void first_octets_tell(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(capan_signature(rows[i].first, true), rows[i].began);
        assert_int_equal(capan_signature(rows[i].first, false), rows[i].midway);
    }
}

/* Of each row only the first octets are there. */
static void any_length_is_borne(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t len = 0; len < rows[i].first[0].len; len++) {
            const struct capan_span cut[2] = {span_cut(rows[i].first[0], 0, len), rows[i].first[1]};
            assert_true(capan_signature(cut, true) < CAPAN_SPEECH_COUNT);
        }
}

static size_t put_frame(uint8_t *at, uint8_t type, uint8_t flags, uint8_t stream, uint8_t len) {
    const uint8_t header[] = {0, 0, len, type, flags, 0, 0, 0, stream};
    memcpy(at, header, sizeof header);
    memset(at + sizeof header, 0xa5, len);
    return sizeof header + len;
}

/* HEADERS, WINDOW_UPDATE, DATA, in pieces of any length. */
static void frames_lead_to_each_other(void **state) {
    uint8_t octets[128];
    size_t len = put_frame(octets, 1, 5, 3, 20);
    (void)state;
    len += put_frame(octets + len, 8, 0, 0, 4);
    len += put_frame(octets + len, 0, 1, 3, 50);
    for (size_t piece = 1; piece <= len; piece++) {
        struct capan_midway midway = {0};
        for (size_t at = 0; at < len; at += piece) {
            assert_true(!capan_midway_tells(&midway) || at > 33);
            capan_midway_octets(&midway.side[0], span_cut((struct capan_span){octets, len}, at, piece));
        }
        assert_true(capan_midway_tells(&midway));
    }
}

static void what_breaks_off_tells_nothing(void **state) {
    uint8_t octets[64];
    size_t len = put_frame(octets, 1, 5, 3, 2);
    struct capan_midway midway = {0};
    (void)state;
    len += put_frame(octets + len, 8, 0, 0, 4);
    len += put_frame(octets + len, 4, 0, 3, 6); /* SETTINGS is of the connection, not of a stream */
    capan_midway_octets(&midway.side[0], (struct capan_span){octets, len});
    assert_false(capan_midway_tells(&midway));
}

static void a_hole_in_a_payload_is_passed_over(void **state) {
    uint8_t octets[64];
    const size_t first = put_frame(octets, 0, 0, 3, 30);
    const size_t len = first + put_frame(octets + first, 0, 1, 3, 3);
    struct capan_midway midway = {0};
    (void)state;
    for (int i = 0; i < 2; i++) {
        capan_midway_octets(&midway.side[0], (struct capan_span){octets, 19});
        capan_midway_gap(&midway.side[0], 20);
        capan_midway_octets(&midway.side[0], (struct capan_span){octets + first, len - first});
    }
    assert_true(capan_midway_tells(&midway));
    midway = (struct capan_midway){0};
    capan_midway_octets(&midway.side[0], (struct capan_span){octets, 19});
    capan_midway_gap(&midway.side[0], 30);
    capan_midway_octets(&midway.side[0], (struct capan_span){octets + first, len - first});
    assert_false(capan_midway_tells(&midway));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_octets_tell),
        cmocka_unit_test(any_length_is_borne),
        cmocka_unit_test(frames_lead_to_each_other),
        cmocka_unit_test(what_breaks_off_tells_nothing),
        cmocka_unit_test(a_hole_in_a_payload_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
