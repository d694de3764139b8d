/* SPDX-License-Identifier: MIT */
#include "pattern.h"

#include <glib.h>
#include <stdio.h>

/* Values are octets of any charset. */
static void *compile(struct capan_span pattern, char *message, size_t len) {
    char *text = g_strndup((const char *)pattern.at, pattern.len);
    GError *error = NULL;
    GRegex *regex = g_regex_new(text, G_REGEX_CASELESS | G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, &error);
    g_free(text);
    if (regex) return regex;
    snprintf(message, len, "%s", error->message);
    g_error_free(error);
    return NULL;
}

/* What takes too many steps does not match. */
static bool matches(const void *pattern, struct capan_span value) {
    const gssize len = value.len < G_MAXINT ? (gssize)value.len : G_MAXINT;
    return len > 0 ? g_regex_match_full(pattern, (const char *)value.at, len, 0, 0, NULL, NULL)
                   : g_regex_match(pattern, "", 0, NULL);
}

static void release(void *pattern) {
    g_regex_unref(pattern);
}

const struct capan_matcher pattern_matcher = {compile, matches, release};
