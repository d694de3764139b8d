/* SPDX-License-Identifier: MIT */
/* What the first octets of a direction look like. RFC 9112 3 and 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes.h"
#include "message.h"

static void looks(void **state) {
    (void)state;
    static const struct {
        const char *octets;
        enum capan_http_look look;
    } rows[] = {
        {"", CAPAN_LOOKS_UNDECIDED},
        {"G", CAPAN_LOOKS_UNDECIDED},
        {"GET /index.html HTT", CAPAN_LOOKS_UNDECIDED},
        {"HTTP/1.", CAPAN_LOOKS_UNDECIDED},
        {"GET / HTTP/1.1\r\n", CAPAN_LOOKS_REQUEST},
        {"\r\nfoo /x HTTP/1.0\n", CAPAN_LOOKS_REQUEST},
        {"GET /x\r\n", CAPAN_LOOKS_REQUEST},
        {"HTTP/1.1 200\r\n", CAPAN_LOOKS_RESPONSE},
        {"HTTP/1.0 404 Not Found\n", CAPAN_LOOKS_RESPONSE},
        {"PRI * HTTP/2.0\r\n", CAPAN_LOOKS_OTHER},
        {"OPTIONS rtsp://a/ RTSP/1.0\r\n", CAPAN_LOOKS_OTHER},
        {"REGISTER sip:a SIP/2.0\r\n", CAPAN_LOOKS_OTHER},
        {"RTSP/1.0 200 OK\r\n", CAPAN_LOOKS_OTHER},
        {"SSH-2.0-OpenSSH_9.2\r\n", CAPAN_LOOKS_OTHER},
        {"220 mail.example ESMTP\r\n", CAPAN_LOOKS_OTHER},
        {"EHLO client.example\r\n", CAPAN_LOOKS_OTHER},
        {"\x16\x03\x01\x02", CAPAN_LOOKS_OTHER},
        {"ICY 200 OK\r\n", CAPAN_LOOKS_OTHER},
        {"HTTP/1.1 20 OK\r\n", CAPAN_LOOKS_OTHER},
        {"HTTP/3.0 200 OK\r\n", CAPAN_LOOKS_OTHER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (capan_http_look(span_of(rows[i].octets)) != rows[i].look) fail_msg("%s", rows[i].octets);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(looks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
