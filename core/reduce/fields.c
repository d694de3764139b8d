/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <stdio.h>

#include "bytes.h"
#include "date.h"
#include "huffman.h"

#define SECONDS_OF_A_DAY 86400

/* --- dates --- */

/* The day on which that second is, since 1970-01-01. */
static int64_t day_of(int64_t seconds) {
    return (seconds - ((seconds % SECONDS_OF_A_DAY) + SECONDS_OF_A_DAY) % SECONDS_OF_A_DAY) / SECONDS_OF_A_DAY;
}

/* Days since 1970-01-01 as year, month and day (Gregorian). */
static void civil(int64_t days, int *year, unsigned *month, unsigned *day) {
    const int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const unsigned of_era = (unsigned)(shifted - era * 146097);
    const unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * march + 2) / 5 + 1;
    *month = march < 10 ? march + 3 : march - 9;
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

/* Writes a date over one of the same form and the same day of the week. False: it has no place there. */
static bool write_date(uint8_t *value, size_t len, enum capan_date_form form, int64_t seconds) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const unsigned of_day = (unsigned)(seconds - day_of(seconds) * SECONDS_OF_A_DAY);
    int year;
    unsigned month, day;
    char date[64], time[40];
    civil(day_of(seconds), &year, &month, &day);
    if (year < 1970 || year > 9999) return false;
    const char *name = months + (size_t)(month - 1) * 3;
    const uint8_t *comma = memchr(value, ',', len);
    const size_t from = comma ? (size_t)(comma - value) + 2 : 0;
    snprintf(time, sizeof time, "%02u:%02u:%02u", of_day / 3600, of_day / 60 % 60, of_day % 60);
    if (form == CAPAN_DATE_IMF_FIXDATE && len == 29) {
        snprintf(date, sizeof date, "%02u %.3s %04d %s", day, name, year, time);
        memcpy(value + 5, date, 20);
    } else if (form == CAPAN_DATE_RFC850 && comma && from + 18 <= len) {
        snprintf(date, sizeof date, "%02u-%.3s-%02d %s", day, name, year % 100, time);
        memcpy(value + from, date, 18);
    } else if (form == CAPAN_DATE_ASCTIME && len == 24) {
        snprintf(date, sizeof date, "%.3s %2u %s %04d", name, day, time, year);
        memcpy(value + 4, date, 20);
    } else {
        return false;
    }
    return true;
}

static uint64_t coded_len(const uint8_t *text, size_t len) {
    return capan_huffman_octets(capan_huffman_len(text, len));
}

/* The day's name stays, for weeks are whole. False: it is no date. */
static bool move_date(const struct capan_standins *standins, uint8_t *value, size_t len, int64_t shift_s) {
    enum { FARTHEST_S = 3600 };
    const struct capan_date date = capan_date_read((struct capan_span){value, len}, 0);
    const int64_t seconds = date.seconds + shift_s;
    const uint64_t coded = coded_len(value, len);
    if (date.form == CAPAN_DATE_MALFORMED || !write_date(value, len, date.form, seconds)) return false;
    for (int64_t by = 1; standins->even && coded_len(value, len) != coded && by<FARTHEST_S; by = by> 0 ? -by : 1 - by)
        if (day_of(seconds + by) == day_of(seconds)) write_date(value, len, date.form, seconds + by);
    return true;
}

/* --- lines --- */

/* What of a value is no name of anybody's. */
static enum capan_keeps keeps_of(enum capan_field field) {
    switch (field) {
    case CAPAN_FIELD_CONTENT_LENGTH:
    case CAPAN_FIELD_CONTENT_RANGE:
    case CAPAN_FIELD_CACHE_CONTROL:
    case CAPAN_FIELD_RANGE:
    case CAPAN_FIELD_AGE:
    case CAPAN_FIELD_EXPECT:
    case CAPAN_FIELD_KEEP_ALIVE:
    case CAPAN_FIELD_TE: return CAPAN_KEEPS_NUMBERS;
    case CAPAN_FIELD_OTHER:
    case CAPAN_FIELD_HOST:
    case CAPAN_FIELD_COOKIE:
    case CAPAN_FIELD_SET_COOKIE:
    case CAPAN_FIELD_REFERER:
    case CAPAN_FIELD_LOCATION:
    case CAPAN_FIELD_CONTENT_LOCATION:
    case CAPAN_FIELD_AUTHORIZATION:
    case CAPAN_FIELD_USER_AGENT:
    case CAPAN_FIELD_SERVER:
    case CAPAN_FIELD_VIA: return CAPAN_KEEPS_NOTHING;
    default: return CAPAN_KEEPS_WORDS;
    }
}

enum capan_field capan_standin_name(struct capan_standins *standins, uint8_t *name, size_t len) {
    const enum capan_field field = capan_field_number((struct capan_span){name, len});
    if (field == CAPAN_FIELD_OTHER) capan_standin_text(standins, name, len, CAPAN_KEEPS_NOTHING);
    return field;
}

void capan_standin_value(struct capan_standins *standins, enum capan_field field, uint8_t *value, size_t len,
                         int64_t shift_s) {
    if (!move_date(standins, value, len, shift_s)) capan_standin_text(standins, value, len, keeps_of(field));
}
