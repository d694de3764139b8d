/* SPDX-License-Identifier: MIT */
#include "rewrite.h"

#include "alloc.h"
#include "bytes.h"
#include "field.h"

bool capan_glob_matches(struct capan_span glob, struct capan_span text) {
    size_t at = 0, in = 0, star = SIZE_MAX, tried = 0;
    while (in < text.len) {
        if (at < glob.len && glob.at[at] == '*') {
            star = at++;
            tried = in;
        } else if (at < glob.len && glob.at[at] == text.at[in]) {
            at++, in++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            in = ++tried;
        } else {
            return false;
        }
    }
    while (at < glob.len && glob.at[at] == '*') at++;
    return at == glob.len;
}

/* Up to the first of mark, which is taken off; False: there is none. */
static bool split(struct capan_span *rest, const char *mark, struct capan_span *before) {
    size_t len = strlen(mark);
    for (size_t i = 0; i + len <= rest->len; i++) {
        if (memcmp(rest->at + i, mark, len) != 0) continue;
        *before = span_cut(*rest, 0, i);
        *rest = span_cut(*rest, i + len, SIZE_MAX);
        return true;
    }
    return false;
}

static bool take_parts(struct capan_rewrite *rewrite, bool removes) {
    struct capan_span rest = {(const uint8_t *)rewrite->text, rewrite->size - 1};
    if (!split(&rest, ": ", &rewrite->glob)) return false;
    if (!removes && !split(&rest, ":", &rewrite->name)) return false;
    if (removes)
        rewrite->name = capan_trim(rest);
    else
        rewrite->value = capan_trim(rest), rewrite->name = capan_trim(rewrite->name);
    return rewrite->glob.len && capan_is_token(rewrite->name);
}

enum capan_result capan_rewrite_read(struct capan_rewrite *rewrite, const struct capan_alloc *alloc, const char *text,
                                     bool removes) {
    size_t size = strlen(text) + 1;
    *rewrite = (struct capan_rewrite){.removes = removes, .size = size};
    rewrite->text = capan_new(alloc, size);
    if (!rewrite->text) return CAPAN_NO_MEMORY;
    memcpy(rewrite->text, text, size);
    if (!take_parts(rewrite, removes)) {
        capan_rewrite_free(rewrite, alloc);
        return CAPAN_USAGE;
    }
    uint8_t *name = (uint8_t *)rewrite->text + (rewrite->name.at - (const uint8_t *)rewrite->text);
    for (size_t i = 0; i < rewrite->name.len; i++) name[i] = capan_lower(name[i]);
    return CAPAN_OK;
}

void capan_rewrite_free(struct capan_rewrite *rewrite, const struct capan_alloc *alloc) {
    capan_delete(alloc, rewrite->text, rewrite->size);
}

bool capan_rewrite_concerns(const struct capan_rewrite *rewrite, const struct capan_url *url) {
    struct capan_span rest = rewrite->glob, scheme;
    if (rewrite->glob.at[0] == '/') return capan_glob_matches(rewrite->glob, url->path);
    if (split(&rest, "://", &scheme)) return capan_glob_matches(rewrite->glob, url->whole);
    return capan_glob_matches(rewrite->glob, url->after_scheme);
}

static bool is_named(const struct capan_http_field *field, struct capan_span lower_case) {
    if (field->name.len != lower_case.len) return false;
    for (size_t i = 0; i < lower_case.len; i++)
        if (capan_lower(field->name.at[i]) != lower_case.at[i]) return false;
    return true;
}

void capan_rewrite_apply(const struct capan_rewrite *rewrite, struct capan_http_field *fields, size_t *count) {
    size_t left = 0;
    for (size_t i = 0; i < *count; i++)
        if (!is_named(&fields[i], rewrite->name)) fields[left++] = fields[i];
    if (!rewrite->removes) fields[left++] = (struct capan_http_field){rewrite->name, rewrite->value};
    *count = left;
}
