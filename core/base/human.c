/* SPDX-License-Identifier: MIT */
#include "human.h"

#include <stdio.h>
#include <string.h>

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S  INT64_C(1000000000)

/* Durations below below_ns that no row before has: in this unit with so many decimals, which printf rounds; or, where
 * cut_ns is not 0, as whole multiples of it, halves rounded up. */
struct duration_row {
    int64_t below_ns, unit_ns;
    int decimals;
    const char *unit;
    int64_t cut_ns;
};

/* The last row of a style has them all. */
static const struct duration_row rough[] = {
    {999500, US, 0, "us", 0},         {99950 * US, MS, 1, "ms", 0}, {999500 * US, MS, 0, "ms", 0},
    {99500 * MS, S, 2, "s", 0},       {600 * S, S, 0, "s", 0},      {5400 * S, 60 * S, 1, "min", 0},
    {INT64_MAX, 3600 * S, 1, "h", 0},
};
static const struct duration_row three_digits[] = {
    {1000, 1, 0, "ns", 0},       {9995, US, 2, "us", 0},       {99950, US, 1, "us", 0},       {999500, US, 0, "us", 0},
    {9995 * US, MS, 2, "ms", 0}, {99950 * US, MS, 1, "ms", 0}, {999500 * US, MS, 0, "ms", 0}, {9995 * MS, S, 2, "s", 0},
    {99950 * MS, S, 1, "s", 0},  {INT64_MAX, S, 0, "s", 0},
};
static const struct duration_row to_the_us[] = {{INT64_MAX, MS, 3, "ms", US}};
static const struct duration_row to_the_ms[] = {{INT64_MAX, S, 3, "s", MS}};

static const struct {
    const struct duration_row *rows;
    bool has_negative; /* as 0 */
} duration_styles[CAPAN_DURATION_STYLES] = {
    [CAPAN_DURATION_ROUGH] = {rough, false},
    [CAPAN_DURATION_THREE_DIGITS] = {three_digits, true},
    [CAPAN_DURATION_TO_THE_US] = {to_the_us, true},
    [CAPAN_DURATION_TO_THE_MS] = {to_the_ms, true},
};

/* Without printf, which is slow: almost every exchange has such numbers in its sentence. Returns the length. */
static size_t write_number(char text[CAPAN_HUMAN], uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    memcpy(text, digits + at, sizeof digits - at);
    return sizeof digits - at;
}

static void write_thousandths(char text[CAPAN_HUMAN], uint64_t thousandths, const char *unit) {
    size_t len = write_number(text, thousandths / 1000);
    for (uint64_t digit = 100, rest = thousandths % 1000; digit; digit /= 10) {
        if (digit == 100) text[len++] = '.';
        text[len++] = (char)('0' + rest / digit % 10);
    }
    text[len] = ' ';
    memcpy(text + len + 1, unit, strlen(unit) + 1);
}

char *capan_human_duration(char text[CAPAN_HUMAN], enum capan_duration_style style, int64_t ns) {
    const struct duration_row *row = duration_styles[style].rows;
    text[0] = '\0';
    if (ns < 0 && !duration_styles[style].has_negative) return text;
    if (ns < 0) ns = 0;
    while (ns >= row->below_ns && row->below_ns != INT64_MAX) row++;
    if (row->cut_ns)
        write_thousandths(text, ((uint64_t)ns + (uint64_t)row->cut_ns / 2) / (uint64_t)row->cut_ns, row->unit);
    else
        snprintf(text, CAPAN_HUMAN, "%.*f %s", row->decimals, (double)ns / (double)row->unit_ns, row->unit);
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

char *capan_human_tenths(char text[CAPAN_HUMAN], uint64_t hundredths, bool comma) {
    uint64_t tenths = (hundredths + 5) / 10;
    size_t len = comma ? strlen(capan_human_count(text, tenths / 10)) : write_number(text, tenths / 10);
    memcpy(text + len, (const char[]){'.', (char)('0' + tenths % 10), '\0'}, 3);
    return text;
}

/* Days since 1970 to the civil date: Gregorian, years from 1970 on. */
char *capan_human_date(char text[CAPAN_HUMAN], int64_t time_ns, bool exact) {
    int64_t seconds = time_ns / S, days = seconds / 86400, rest = seconds % 86400;
    int64_t shifted = days + 719468, era = shifted / 146097, of_era = shifted % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * month + 2) / 5 + 1;
    month += month < 10 ? 3 : -9;
    year += era * 400 + (month <= 2);
    int len = snprintf(text, CAPAN_HUMAN, "%04d-%02d-%02d%c%02d:%02d:%02d", (int)year, (int)month, (int)day,
                       exact ? 'T' : ' ', (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    if (exact)
        snprintf(text + len, CAPAN_HUMAN - (size_t)len, ".%09dZ", (int)(time_ns % S));
    else
        snprintf(text + len, CAPAN_HUMAN - (size_t)len, " UTC");
    return text;
}
