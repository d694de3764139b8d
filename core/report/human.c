/* SPDX-License-Identifier: MIT */
#include "human.h"

char *capan_human_duration(char text[CAPAN_HUMAN], int64_t ns) {
    double us = (double)ns / 1e3;
    if (ns < 0)
        text[0] = '\0';
    else if (us < 999.5)
        snprintf(text, CAPAN_HUMAN, "%.0f us", us);
    else if (us < 99950)
        snprintf(text, CAPAN_HUMAN, "%.1f ms", us / 1e3);
    else if (us < 999500)
        snprintf(text, CAPAN_HUMAN, "%.0f ms", us / 1e3);
    else if (us < 99.5e6)
        snprintf(text, CAPAN_HUMAN, "%.2f s", us / 1e6);
    else if (us < 600e6)
        snprintf(text, CAPAN_HUMAN, "%.0f s", us / 1e6);
    else if (us < 5400e6)
        snprintf(text, CAPAN_HUMAN, "%.1f min", us / 60e6);
    else
        snprintf(text, CAPAN_HUMAN, "%.1f h", us / 3600e6);
    return text;
}

char *capan_human_bytes(char text[CAPAN_HUMAN], uint64_t bytes) {
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double scaled = (double)bytes / 1e3;
    size_t unit = 0;
    if (bytes < 10000) {
        capan_human_count(text, bytes);
        strcat(text, " B");
        return text;
    }
    for (; scaled >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++) scaled /= 1e3;
    snprintf(text, CAPAN_HUMAN, scaled < 99.95 ? "%.1f %s" : "%.0f %s", scaled, units[unit]);
    return text;
}

char *capan_human_count(char text[CAPAN_HUMAN], uint64_t number) {
    char digits[21];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char *to = text;
    for (size_t i = 0; i < count; i++) {
        if (i && (count - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

char *capan_human_tenths(char text[CAPAN_HUMAN], uint64_t hundredths) {
    uint64_t tenths = (hundredths + 5) / 10;
    size_t len = strlen(capan_human_count(text, tenths / 10));
    snprintf(text + len, CAPAN_HUMAN - len, ".%u", (unsigned)(tenths % 10));
    return text;
}

/* Days since 1970 to the civil date: Gregorian, years from 1970 on. */
void capan_human_date(struct capan_out *out, int64_t time_ns, bool exact) {
    int64_t seconds = time_ns / 1000000000, days = seconds / 86400, rest = seconds % 86400;
    int64_t shifted = days + 719468, era = shifted / 146097, of_era = shifted % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * month + 2) / 5 + 1;
    month += month < 10 ? 3 : -9;
    year += era * 400 + (month <= 2);
    capan_out_format(out, "%04d-%02d-%02d%c%02d:%02d:%02d", (int)year, (int)month, (int)day, exact ? 'T' : ' ',
                     (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    if (exact)
        capan_out_format(out, ".%09dZ", (int)(time_ns % 1000000000));
    else
        out_text(out, " UTC");
}

void capan_cell_left(struct capan_out *out, const char *text, size_t width) {
    size_t len = strlen(text);
    capan_out_octets(out, text, len);
    if (len < width) capan_out_spaces(out, width - len);
}

void capan_cell_right(struct capan_out *out, const char *text, size_t width) {
    size_t len = strlen(text);
    if (len < width) capan_out_spaces(out, width - len);
    capan_out_octets(out, text, len);
}

static void indent(struct capan_out *out, size_t len, size_t width) {
    if (len < width) capan_out_spaces(out, width - len);
}

void capan_cell_number(struct capan_out *out, uint64_t number, size_t width) {
    indent(out, capan_count_digits(number), width);
    capan_out_u64(out, number);
}

static uint64_t magnitude(int64_t number) {
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

void capan_cell_signed(struct capan_out *out, int64_t number, size_t width) {
    indent(out, (number < 0) + capan_count_digits(magnitude(number)), width);
    capan_out_i64(out, number);
}

void capan_cell_time(struct capan_out *out, int64_t ns, size_t width) {
    indent(out, (ns < 0) + capan_count_digits(magnitude(ns) / 1000000000) + sizeof ".000000" - 1, width);
    capan_out_seconds(out, ns, 6);
}

void capan_style(struct capan_out *out, bool colour, enum capan_style style) {
    static const char *const sequences[] = {"\033[0m", "\033[1m", "\033[2m", "\033[36m", "\033[33m", "\033[1;31m"};
    if (colour) out_text(out, sequences[style]);
}

enum capan_style capan_style_of(enum capan_severity severity) {
    switch (severity) {
    case CAPAN_ERROR: return CAPAN_STYLE_ERROR;
    case CAPAN_WARN: return CAPAN_STYLE_WARN;
    case CAPAN_NOTE: return CAPAN_STYLE_NOTE;
    default: return CAPAN_STYLE_PLAIN;
    }
}
