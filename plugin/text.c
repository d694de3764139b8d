/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

enum { TEXT_MAX = 1024 };

const char *capan_text(wmem_allocator_t *pool, struct capan_span octets) {
    size_t len = MIN(octets.len, (size_t)TEXT_MAX);
    char *text = wmem_alloc(pool, len + 1);

    for (size_t i = 0; i < len; i++) text[i] = g_ascii_isprint(octets.at[i]) ? (char)octets.at[i] : '?';
    text[len] = '\0';
    return text;
}

const char *capan_text_explain(wmem_allocator_t *pool, const struct capan_exchange *exchange) {
    char text[CAPAN_EXPLAIN_TEXT];

    return wmem_strndup(pool, text, capan_exchange_explain(exchange, text));
}
