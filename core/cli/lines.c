/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "exhausted.h"
#include "signals.h"

static enum exit_status complain(const char *name, const char *what) {
    if (errno == ENOMEM) return exhausted_tell();
    g_printerr("capan: %s%s: %s\n", what, name, g_strerror(errno));
    return EXIT_INPUT;
}

enum exit_status lines_open(struct lines *lines, const char *name, const char *what) {
    *lines = (struct lines){0};
    lines->file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    if (!lines->file) return complain(name, what);
    lines->at = exhausted_alloc.resize(exhausted_alloc.context, NULL, 0, LINE_LONGEST + 1);
    if (lines->at) return EXIT_FINE;
    lines_close(lines, name, what);
    return exhausted_tell();
}

/* Where they are without end, somebody may want to. */
static bool goes_on(const struct lines *lines) {
    return lines->len < LINE_LONGEST || !signals_caught();
}

bool lines_next(struct lines *lines) {
    int octet;
    if (signals_caught()) return false;
    lines->len = 0;
    lines->odd = false;
    while ((octet = getc(lines->file)) != EOF && octet != '\n' && goes_on(lines)) {
        lines->odd = lines->odd || !octet || lines->len == LINE_LONGEST;
        if (lines->len < LINE_LONGEST) lines->at[lines->len++] = (char)octet;
    }
    lines->at[lines->len] = 0;
    return octet != EOF || (lines->len && !ferror(lines->file));
}

enum exit_status lines_close(struct lines *lines, const char *name, const char *what) {
    const enum exit_status status = ferror(lines->file) ? complain(name, what) : EXIT_FINE;
    if (lines->file != stdin) fclose(lines->file);
    if (lines->at) exhausted_alloc.resize(exhausted_alloc.context, lines->at, LINE_LONGEST + 1, 0);
    *lines = (struct lines){0};
    return status;
}
