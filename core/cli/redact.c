/* SPDX-License-Identifier: MIT */
#include "redact.h"

#include <glib.h>
#include <string.h>

struct redactor {
    uint64_t key;
    struct capan_sink sink;
    GString *shown; /* the value that was hidden last */
};

struct redactor *redactor_new(uint64_t key, const struct capan_sink *sink) {
    struct redactor *redactor = g_new0(struct redactor, 1);
    redactor->key = key;
    redactor->sink = *sink;
    redactor->shown = g_string_new(NULL);
    return redactor;
}

void redactor_free(struct redactor *redactor) {
    if (!redactor) return;
    g_string_free(redactor->shown, TRUE);
    g_free(redactor);
}

/* --- one value --- */

static void put_pseudonym(const struct redactor *redactor, GString *to, const char *at, gsize len) {
    enum { DIGITS = 8 };
    if (!len) return;
    char *digits = g_compute_hmac_for_data(G_CHECKSUM_SHA256, (const guchar *)&redactor->key, sizeof redactor->key,
                                           (const guchar *)at, len);
    g_string_append_c(to, '~');
    g_string_append_len(to, digits, DIGITS);
    g_free(digits);
}

/* Names stay: "q=~9f2b1c44&page=~00d1ff02". */
static void put_query(const struct redactor *redactor, GString *to, const char *at, const char *end) {
    while (at < end) {
        const char *stop = at;
        while (stop < end && *stop != '&' && *stop != ';') stop++;
        const char *equals = memchr(at, '=', (size_t)(stop - at)), *value = equals ? equals + 1 : at;
        g_string_append_len(to, at, value - at);
        put_pseudonym(redactor, to, value, (gsize)(stop - value));
        if (stop < end) g_string_append_c(to, *stop++);
        at = stop;
    }
}

static const char *find_octet(const char *at, const char *end, int octet) {
    const char *found = at < end ? memchr(at, octet, (size_t)(end - at)) : NULL;
    return found ? found : end;
}

/* Credentials stand between // and @ in front of the path (RFC 3986 3.2.1). */
static const char *put_authority(const struct redactor *redactor, GString *to, const char *at, const char *end) {
    const char *slashes = g_strstr_len(at, end - at, "//");
    if (!slashes || find_octet(at, slashes, '/') < slashes) return at;
    const char *from = slashes + 2, *stop = MIN(find_octet(from, end, '/'), find_octet(from, end, '?')), *sign = stop;
    while (sign > from && sign[-1] != '@') sign--;
    g_string_append_len(to, at, from - at);
    if (sign == from) return from;
    put_pseudonym(redactor, to, from, (gsize)(sign - 1 - from));
    return sign - 1;
}

struct capan_span redact_url(struct redactor *redactor, struct capan_span url) {
    const char *at = (const char *)url.at, *end = at + url.len;
    GString *to = redactor->shown;
    g_string_truncate(to, 0);
    if (!url.len) return url;
    at = put_authority(redactor, to, at, end);
    const char *query = find_octet(at, end, '?'), *fragment = find_octet(query, end, '#');
    g_string_append_len(to, at, query - at);
    if (query < end) g_string_append_c(to, '?');
    if (query < end) put_query(redactor, to, query + 1, fragment);
    if (fragment < end) g_string_append_c(to, '#');
    if (fragment < end) put_pseudonym(redactor, to, fragment + 1, (gsize)(end - fragment - 1));
    return (struct capan_span){(const uint8_t *)to->str, to->len};
}

/* All but the first word, which says how. */
static struct capan_span redact_credentials(struct redactor *redactor, struct capan_span value) {
    const char *at = (const char *)value.at, *end = at + value.len, *blank = find_octet(at, end, ' ');
    g_string_truncate(redactor->shown, 0);
    if (blank < end) g_string_append_len(redactor->shown, at, blank + 1 - at);
    put_pseudonym(redactor, redactor->shown, blank < end ? blank + 1 : at,
                  (gsize)(end - (blank < end ? blank + 1 : at)));
    return (struct capan_span){(const uint8_t *)redactor->shown->str, redactor->shown->len};
}

/* A cookie's value, each of them; attributes of Set-Cookie are named by RFC 6265 and say nothing of who it is. */
static struct capan_span redact_cookies(struct redactor *redactor, struct capan_span value) {
    g_string_truncate(redactor->shown, 0);
    const char *at = (const char *)value.at;
    put_query(redactor, redactor->shown, at, at + value.len);
    return (struct capan_span){(const uint8_t *)redactor->shown->str, redactor->shown->len};
}

/* --- fields, and all of an exchange --- */

static const struct {
    const char *name;
    struct capan_span (*redact)(struct redactor *, struct capan_span);
} fields[] = {
    {"authorization", redact_credentials},
    {"proxy-authorization", redact_credentials},
    {"cookie", redact_cookies},
    {"set-cookie", redact_cookies},
    {"referer", redact_url},
    {"location", redact_url},
    {"content-location", redact_url},
};

static struct capan_span redact_value(struct redactor *redactor, const struct capan_http_field *field) {
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        if (field->name.len == strlen(fields[i].name) &&
            g_ascii_strncasecmp((const char *)field->name.at, fields[i].name, field->name.len) == 0)
            return fields[i].redact(redactor, field->value);
    return field->value;
}

/* A copy of the fields, to be freed, whose values are in the chunk; NULL: there are none. */
static struct capan_http_field *redact_fields(struct redactor *redactor, GStringChunk *chunk,
                                              const struct capan_http_field *from, size_t count) {
    if (!from || !count) return NULL;
    struct capan_http_field *to = g_new(struct capan_http_field, count);
    for (size_t i = 0; i < count; i++) {
        const struct capan_span value = redact_value(redactor, &from[i]);
        to[i] = from[i];
        to[i].value.len = value.len;
        if (value.at != from[i].value.at)
            to[i].value.at =
                (const uint8_t *)g_string_chunk_insert_len(chunk, (const char *)value.at, (gssize)value.len);
    }
    return to;
}

struct list {
    const struct capan_http_field **fields;
    size_t count;
};

void redact_exchange(void *context, const struct capan_exchange *exchange) {
    struct redactor *redactor = context;
    struct capan_exchange shown = *exchange;
    GStringChunk *chunk = g_string_chunk_new(1024);
    const struct capan_span target = redact_url(redactor, exchange->target);
    if (target.len)
        shown.target.at =
            (const uint8_t *)g_string_chunk_insert_len(chunk, (const char *)target.at, (gssize)target.len);
    shown.target.len = target.len;
    const struct list lists[] = {
        {&shown.request_fields, exchange->request_field_count},
        {&shown.response_fields, exchange->response_field_count},
        {&shown.request_lines, exchange->request_line_count},
        {&shown.response_lines, exchange->response_line_count},
        {&shown.request_trailers, exchange->request_trailer_count},
        {&shown.response_trailers, exchange->response_trailer_count},
    };
    struct capan_http_field *copies[G_N_ELEMENTS(lists)];
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        copies[i] = redact_fields(redactor, chunk, *lists[i].fields, lists[i].count);
        if (copies[i]) *lists[i].fields = copies[i];
    }
    redactor->sink.exchange(redactor->sink.context, &shown);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) g_free(copies[i]);
    g_string_chunk_free(chunk);
}
