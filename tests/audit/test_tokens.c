/* SPDX-License-Identifier: MIT */
/* Texts in pieces, as people and machines write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tokens.h"

/* Each token as "type:text" with its value, port or sign; stops are ".". */
static void write_tokens(const struct tokens *tokens, char text[1024]) {
    static const char types[] = {'w', 'n', 'a', 't', 'u', 'v', 's', 'f', '.'};
    size_t len = 0;
    text[0] = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->at[i];
        len += (size_t)snprintf(text + len, 1024 - len, "%s%c", i ? " " : "", types[token->type]);
        if (token->type == TOKEN_NUMBER || token->type == TOKEN_VERSION || token->type == TOKEN_FRAME)
            len += (size_t)snprintf(text + len, 1024 - len, "%llu", (unsigned long long)token->value);
        else if (token->type == TOKEN_SIGN)
            len += (size_t)snprintf(text + len, 1024 - len, "%c", token->sign);
        else
            len += (size_t)snprintf(text + len, 1024 - len, "%.*s", (int)token->text.len,
                                    token->text.len ? (const char *)token->text.at : "");
        if (token->port >= 0) len += (size_t)snprintf(text + len, 1024 - len, ":%d", token->port);
        if (token->decimals) len += (size_t)snprintf(text + len, 1024 - len, "/%u", token->decimals);
    }
}

static const struct {
    const char *text, *tokens;
} rows[] = {
    {"GET / HTTP/1.1", "wGET t/ v11 ."},
    {"417get/http/1.1", "n417 wget t/ v11 ."},
    {"465get/js/a.js?v=1.0.3.0 http/1.1", "n465 wget t/js/a.js?v=1.0.3.0 v11 ."},
    {"http/304 not modified", "whttp s/ n304 wnot wmodified ."},
    {"HTTP/2 and HTTP/92.1", "v20 wand v18446744073709551615 ."},
    {"192.0.2.1:5672\xe2\x86\x92"
     "192.0.2.2:80",
     "a192.0.2.1:5672 s> a192.0.2.2:80 ."},
    {"2001:db8::1 at 12:34:56", "a2001:db8::1 wat n12 s: n34 s: n56 ."},
    {"2,139 bytes in 31.05 ms", "n2139 wbytes win n3105/2 wms ."},
    {"1.2.3.4.5 is no address", "n12/1 s. n34/1 s. n5 wis wno waddress ."},
    {"PACKET4, frame number: 7 and #9", "f4 s, f7 wand f9 ."},
    {"packets 6, 7, and 9 came", "f6 s, f7 s, wand f9 wcame ."},
    {"frame 417 bytes long", "wframe n417 wbytes wlong ."},
    {"Packet: Sent = 4", "wPacket s: wSent s= n4 ."},
    {"charset=gb2312content", "wcharset s= wgb2312content ."},
    {"One. Two e.g. three.", "wOne . wTwo we s. wg s. wthree ."},
    {"One\n\nTwo\nmore", "wOne . wTwo wmore ."},
    {"src=http://a.example/b?c=1><", "wsrc s= uhttp://a.example/b?c=1 s> s< ."},
    {"and/or text/html", "wand s/ wor wtext s/ whtml ."},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tokens tokens = {.count = 0};
        char text[1024];
        assert_int_equal(capan_tokens_read(&tokens, span_of(rows[i].text), &capan_libc), CAPAN_OK);
        write_tokens(&tokens, text);
        capan_tokens_free(&tokens, &capan_libc);
        assert_string_equal(text, rows[i].tokens);
    }
}

/* Any octets are some tokens, whose texts lie in order within them. */
static void test_any_octets(void **state) {
    (void)state;
    uint32_t random = 20261130;
    for (unsigned round = 0; round < 2000; round++) {
        static const char pieces[] = "0159.:/-#,()[]<>= \n\tpacketframeHTTP/1.1GET\xe2\x86\x92\xff\0";
        uint8_t octets[96];
        struct tokens tokens = {.count = 0};
        for (size_t i = 0; i < sizeof octets; i++) {
            random = random * 1664525 + 1013904223;
            octets[i] = (uint8_t)pieces[(random >> 16) % (sizeof pieces - 1)];
        }
        const struct capan_span text = {octets, sizeof octets};
        assert_int_equal(capan_tokens_read(&tokens, text, &capan_libc), CAPAN_OK);
        const uint8_t *at = octets;
        for (size_t i = 0; i < tokens.count; i++) {
            if (tokens.at[i].type == TOKEN_STOP) continue;
            assert_true(tokens.at[i].text.at >= at);
            at = tokens.at[i].text.at + tokens.at[i].text.len;
            assert_true(at <= octets + sizeof octets);
        }
        capan_tokens_free(&tokens, &capan_libc);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_any_octets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
