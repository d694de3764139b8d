/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "choices.h"

enum { NARROWEST = 40, WIDEST = 1000 };

static bool complain(const char *what, const char *word) {
    g_printerr("capan: %s '%s'; try 'capan --help'\n", what, word);
    return false;
}

static bool is_terminal(const struct words *words) {
    return !words->output && isatty(STDOUT_FILENO);
}

static bool take_colour(struct capan_layout *layout, const struct words *words) {
    enum { AUTO, ALWAYS };
    const int when = words->colour ? choice_find(choice_colours, G_N_ELEMENTS(choice_colours), words->colour) : AUTO;
    const char *no_color = getenv("NO_COLOR");
    layout->colour = when == ALWAYS || (when == AUTO && is_terminal(words) && !(no_color && *no_color));
    return when >= 0 || complain("no such time for colours", words->colour);
}

/* COLUMNS goes before what the terminal says, as everywhere. */
static long terminal_columns(void) {
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    const long said = columns ? strtol(columns, NULL, 10) : 0;
    if (said > 0) return said;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static uint16_t width_of(const struct words *words) {
    const long columns = is_terminal(words) ? terminal_columns() : 0;
    return columns ? (uint16_t)CLAMP(columns, NARROWEST, WIDEST) : 0;
}

static GTimeZone *zone;

static int32_t ahead_of_utc(int64_t since_1970_s) {
    return g_time_zone_get_offset(zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, since_1970_s));
}

/* JSON has numbers, whose keys say which: they stay what they are. */
static bool take_clock(struct capan_layout *layout, const struct words *words, bool tells_moments) {
    unsigned clock = CAPAN_CLOCK_UNSAID;
    if (!words->time) return true;
    while (++clock < CAPAN_CLOCK_COUNT)
        if (strcmp(capan_clocks[clock].token, words->time) == 0) break;
    if (clock == CAPAN_CLOCK_COUNT) return complain("no such way to tell the time:", words->time);
    if (!tells_moments) return complain("times are numbers there, and cannot be told as", words->time);
    layout->clock = (uint8_t)clock;
    if (clock == CAPAN_CLOCK_LOCAL) zone = g_time_zone_new_local(); /* before files are forbidden */
    layout->ahead_s = zone ? ahead_of_utc : NULL;
    return true;
}

bool layout_take(struct capan_layout *layout, const struct words *words, bool tells_moments) {
    layout->width = width_of(words);
    return take_colour(layout, words) && take_clock(layout, words, tells_moments);
}
