/* SPDX-License-Identifier: MIT */
#include "capan/base.h"

const char *capan_result_text(enum capan_result result) {
    switch (result) {
    case CAPAN_OK: return "fine";
    case CAPAN_NO_MEMORY: return "out of memory";
    case CAPAN_END: return "end of input";
    case CAPAN_TRUNCATED: return "the input stops in the middle of a record";
    case CAPAN_DAMAGED: return "the input is damaged";
    case CAPAN_UNSUPPORTED: return "not supported";
    case CAPAN_IO: return "the operating system refused";
    case CAPAN_USAGE: return "bad argument";
    }
    return "unknown result";
}

const char *capan_severity_name(enum capan_severity severity) {
    static const char *const names[] = {"none", "chat", "note", "warn", "error"};
    return severity <= CAPAN_ERROR ? names[severity] : "none";
}

#define WORD(name, token) {#name, token, CAPAN_NONE, "", ""},
const struct capan_token capan_certainties[] = {CAPAN_CERTAINTIES(WORD)};
const struct capan_token capan_blames[] = {CAPAN_BLAMES(WORD)};
const struct capan_token capan_units[] = {CAPAN_UNITS(WORD)};
#undef WORD

const char *capan_version(void) {
    return CAPAN_VERSION;
}

const struct capan_token *capan_take_token(const struct capan_token *list, uint64_t *mask) {
    unsigned number = 0;
    if (!*mask) return NULL;
    while (!(*mask >> number & 1)) number++;
    *mask &= *mask - 1;
    return &list[number];
}
