/* SPDX-License-Identifier: MIT */
#include "pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>

#include "exhausted.h"

/* With all that a match needs: rows are many. */
struct pattern {
    pcre2_general_context *memory;
    pcre2_code *code;
    pcre2_match_data *found;
    bool compiled; /* to the machine's instructions */
};

static void *take(size_t size, void *context) {
    (void)context;
    return exhausted_alloc.resize(exhausted_alloc.context, NULL, 0, size);
}

static void give(void *block, void *context) {
    (void)context;
    if (block) exhausted_alloc.resize(exhausted_alloc.context, block, 0, 0);
}

static void release(void *held) {
    struct pattern *pattern = held;
    pcre2_match_data_free(pattern->found);
    pcre2_code_free(pattern->code);
    pcre2_general_context_free(pattern->memory);
    give(pattern, NULL);
}

/* Values are octets of any charset. */
static pcre2_code *code_of(const struct pattern *pattern, struct capan_span text, char *message, size_t len) {
    const uint32_t options = PCRE2_CASELESS | PCRE2_UCP;
    PCRE2_SIZE at = 0;
    int error = PCRE2_ERROR_NOMEMORY;
    pcre2_compile_context *context = pcre2_compile_context_create(pattern->memory);
    if (context) pcre2_set_newline(context, PCRE2_NEWLINE_ANY);
    const unsigned char *octets = text.len ? text.at : (const unsigned char *)"";
    pcre2_code *code = context ? pcre2_compile(octets, text.len, options, &error, &at, context) : NULL;
    pcre2_compile_context_free(context);
    if (code) return code;
    unsigned char why[256];
    pcre2_get_error_message(error, why, sizeof why);
    snprintf(message, len, "no pattern at octet %zu: %s", (size_t)at, (const char *)why);
    return NULL;
}

static void *compile(struct capan_span text, char *message, size_t len) {
    struct pattern *pattern = take(sizeof *pattern, NULL);
    snprintf(message, len, "%s", capan_result_text(CAPAN_NO_MEMORY));
    if (!pattern) return NULL;
    *pattern = (struct pattern){.memory = pcre2_general_context_create(take, give, NULL)};
    pattern->code = pattern->memory ? code_of(pattern, text, message, len) : NULL;
    if (pattern->code) pattern->found = pcre2_match_data_create_from_pattern(pattern->code, pattern->memory);
    if (pattern->found) {
        pattern->compiled = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) == 0;
        return pattern;
    }
    release(pattern);
    return NULL;
}

/* What takes too many steps does not match. */
static bool matches(const void *held, struct capan_span value) {
    const struct pattern *pattern = held;
    const unsigned char *octets = value.len ? value.at : (const unsigned char *)"";
    int result = PCRE2_ERROR_JIT_STACKLIMIT;
    if (pattern->compiled) result = pcre2_match(pattern->code, octets, value.len, 0, 0, pattern->found, NULL);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT)
        result = pcre2_match(pattern->code, octets, value.len, 0, PCRE2_NO_JIT, pattern->found, NULL);
    return result >= 0;
}

const struct capan_matcher pattern_matcher = {compile, matches, release};
