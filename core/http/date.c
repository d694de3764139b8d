/* SPDX-License-Identifier: MIT */
#include "date.h"

#include "bytes.h"
#include "field.h"

struct fields {
    int year, month, day, hour, minute, second, weekday; /* month from 0, weekday from Sunday */
};

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
#define WEEKDAY_LETTERS 3 /* of them in the short forms */

/* A form is a pattern: 'd' day of month, 'D' the same with a blank for its first digit, 'm' month's name, 'Y' four and
 * 'y' two digits of the year, 'T' time of day, 'Z' the zone; other characters stand for themselves. The day's name
 * comes before it. */
static const struct form {
    enum capan_date_form form;
    bool long_day_name;
    const char *pattern;
} forms[] = {
    {CAPAN_DATE_IMF_FIXDATE, false, ", d m Y T Z"},
    {CAPAN_DATE_RFC850, true, ", d-m-y T Z"},
    {CAPAN_DATE_ASCTIME, false, " m D T Y"},
};

struct reader {
    struct capan_span rest;
    bool exact;
};

static bool take_text(struct reader *reader, const char *text, size_t len) {
    if (reader->rest.len < len) return false;
    for (size_t i = 0; i < len; i++) {
        uint8_t octet = reader->rest.at[i];
        if (capan_lower(octet) != capan_lower((uint8_t)text[i])) return false;
        reader->exact &= octet == (uint8_t)text[i];
    }
    reader->rest = span_cut(reader->rest, len, SIZE_MAX);
    return true;
}

static bool take_number(struct reader *reader, size_t digits, int *number) {
    uint64_t value = 0;
    if (reader->rest.len < digits || !capan_number(span_cut(reader->rest, 0, digits), &value)) return false;
    reader->rest = span_cut(reader->rest, digits, SIZE_MAX);
    *number = (int)value;
    return true;
}

static bool take_name(struct reader *reader, const char *const *names, int count, size_t letters, int *which) {
    for (*which = 0; *which < count; ++*which) {
        const char *name = names[*which];
        if (take_text(reader, name, letters ? letters : strlen(name))) return true;
    }
    return false;
}

static bool take_time(struct reader *reader, struct fields *to) {
    return take_number(reader, 2, &to->hour) && take_text(reader, ":", 1) && take_number(reader, 2, &to->minute) &&
           take_text(reader, ":", 1) && take_number(reader, 2, &to->second);
}

static bool take_day_or_blank(struct reader *reader, struct fields *to) {
    bool one_digit = take_text(reader, " ", 1);
    return take_number(reader, one_digit ? 1 : 2, &to->day);
}

static bool take(struct reader *reader, const char *letter, struct fields *to) {
    switch (*letter) {
    case 'd': return take_number(reader, 2, &to->day);
    case 'D': return take_day_or_blank(reader, to);
    case 'm': return take_name(reader, months, 12, WEEKDAY_LETTERS, &to->month);
    case 'Y': return take_number(reader, 4, &to->year);
    case 'y': return take_number(reader, 2, &to->year);
    case 'T': return take_time(reader, to);
    case 'Z': return take_text(reader, "GMT", 3);
    default: return take_text(reader, letter, 1);
    }
}

static bool read_form(struct reader *reader, const struct form *form, struct fields *to) {
    if (!take_name(reader, days, 7, form->long_day_name ? 0 : WEEKDAY_LETTERS, &to->weekday)) return false;
    for (const char *letter = form->pattern; *letter; letter++) {
        if (!take(reader, letter, to)) return false;
    }
    return reader->rest.len == 0;
}

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_len(int year, int month) {
    static const int len[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return len[month] + (month == 1 && is_leap(year));
}

/* A second of 60 is a leap second. */
static bool in_range(const struct fields *f) {
    return f->day >= 1 && f->day <= month_len(f->year, f->month) && f->hour < 24 && f->minute < 60 && f->second <= 60;
}

/* Days from 1970-01-01 in the Gregorian calendar; 146097 of them are 400 years, and years that begin in March have the
 * leap day at their end. */
static int64_t day_number(int year, int month, int day) {
    int64_t from_march = (month + 10) % 12;
    int64_t y = (int64_t)year - (month < 2) + 400;
    return y * 365 + y / 4 - y / 100 + y / 400 + (from_march * 153 + 2) / 5 + day - 1 - (719468 + 146097);
}

static int64_t seconds_of(const struct fields *f, int64_t day) {
    return ((day * 24 + f->hour) * 60 + f->minute) * 60 + f->second;
}

static int year_of(int64_t seconds) {
    int year = (int)(seconds / INT64_C(31556952)) + 1970;
    while (day_number(year, 0, 1) * 86400 > seconds) year--;
    while (day_number(year + 1, 0, 1) * 86400 <= seconds) year++;
    return year;
}

static int full_year(int two_digits, int64_t now_s) {
    int now = year_of(now_s);
    int year = now - now % 100 + two_digits;
    if (year > now + 50) return year - 100;
    return year + 100 <= now + 50 ? year + 100 : year;
}

static bool two_digits(const uint8_t *at, int *number) {
    uint8_t tens = (uint8_t)(at[0] - '0'), ones = (uint8_t)(at[1] - '0');
    *number = tens * 10 + ones;
    return tens <= 9 && ones <= 9;
}

static bool is_name_at(const uint8_t *at, const char *const *names, int count, int *which) {
    for (*which = 0; *which < count; ++*which) {
        if (memcmp(at, names[*which], WEEKDAY_LETTERS) == 0) return true;
    }
    return false;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" to the letter, read by position: nearly every date there is. */
static bool read_fixdate(struct capan_span value, struct fields *to) {
    static const char mask[] = "ddd, DD mmm YYYY TT:TT:TT GMT";
    const uint8_t *at = value.at;
    int century;
    if (value.len != sizeof mask - 1 || memcmp(at + 25, " GMT", 4) != 0 || at[3] != ',' || at[4] != ' ') return false;
    if (at[7] != ' ' || at[11] != ' ' || at[16] != ' ' || at[19] != ':' || at[22] != ':') return false;
    bool numbers = two_digits(at + 5, &to->day) && two_digits(at + 12, &century) && two_digits(at + 14, &to->year) &&
                   two_digits(at + 17, &to->hour) && two_digits(at + 20, &to->minute) &&
                   two_digits(at + 23, &to->second);
    to->year += numbers ? century * 100 : 0;
    return numbers && is_name_at(at, days, 7, &to->weekday) && is_name_at(at + 8, months, 12, &to->month);
}

static int weekday_of(int64_t day) {
    return (int)(((day + 4) % 7 + 7) % 7);
}

static struct capan_date date_of(const struct fields *f, enum capan_date_form form, bool exact) {
    const int64_t day = day_number(f->year, f->month, f->day);
    return (struct capan_date){seconds_of(f, day), form, exact && weekday_of(day) == f->weekday};
}

struct capan_date capan_date_read(struct capan_span value, int64_t now_s) {
    struct fields fixed = {0};
    if (read_fixdate(value, &fixed) && in_range(&fixed)) return date_of(&fixed, CAPAN_DATE_IMF_FIXDATE, true);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct reader reader = {value, true};
        struct fields f = {0};
        if (!read_form(&reader, &forms[i], &f)) continue;
        if (forms[i].form == CAPAN_DATE_RFC850) f.year = full_year(f.year, now_s);
        if (!in_range(&f)) break;
        return date_of(&f, forms[i].form, reader.exact);
    }
    return (struct capan_date){0, CAPAN_DATE_MALFORMED, false};
}
