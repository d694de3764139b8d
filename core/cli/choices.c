/* SPDX-License-Identifier: MIT */
#include "choices.h"

#include <string.h>

#include "capan/capan.h"

const char *const choice_formats[CHOICE_FORMATS] = {[CAPAN_TEXT] = "text",
                                                    [CAPAN_CSV] = "csv",
                                                    [CAPAN_JSON] = "json",
                                                    [CAPAN_NDJSON] = "ndjson",
                                                    [CAPAN_SARIF] = "sarif",
                                                    [CAPAN_JUNIT] = "junit",
                                                    [CAPAN_JUNIT + 1] = "html",
                                                    "svg",
                                                    "xplot",
                                                    "partial"};
const char *const choice_caches[] = {"private", "shared"};
const char *const choice_directions[] = {[CAPAN_C2S] = "c2s", [CAPAN_S2C] = "s2c"};
const char *const choice_bys[CHOICE_BYS] = {
    [BY_EXCHANGE] = "exchange", [BY_HOST] = "host",   [BY_TARGET] = "target", [BY_CHANGE] = "change",
    [BY_CAUSE] = "cause",       [BY_PLACE] = "place", [BY_CLIENT] = "client", [BY_CONNECTION] = "connection"};
const char *const choice_colours[] = {"auto", "always", "never"};

int choice_find(const char *const *list, int count, const char *word) {
    for (int i = 0; i < count; i++)
        if (list[i] && strcmp(list[i], word) == 0) return i;
    return -1;
}

/* Options and their words, or tokens. */
static const struct {
    const char *option;
    const char *const *words;
    const struct capan_token *tokens;
    size_t count;
} choices[] = {
    {"format", choice_formats, NULL, CHOICE_FORMATS},
    {"cache", choice_caches, NULL, 2},
    {"direction", choice_directions, NULL, 2},
    {"by", choice_bys, NULL, CHOICE_BYS},
    {"color", choice_colours, NULL, 3},
    {"time", NULL, capan_clocks + 1, CAPAN_CLOCK_COUNT - 1},
    {"chart", NULL, capan_charts, CAPAN_CHART_COUNT},
};

static size_t each_finding(void (*each)(const char *word)) {
    size_t told = 0;
    for (unsigned of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++)
        for (size_t i = 0; i < capan_cause_lists[of].count; i++) {
            if (capan_cause_lists[of].tokens[i].severity == CAPAN_NONE) continue;
            each(capan_cause_lists[of].tokens[i].token);
            told++;
        }
    return told;
}

static size_t each_level(void (*each)(const char *word)) {
    for (unsigned severity = CAPAN_CHAT; severity <= CAPAN_ERROR; severity++)
        each(capan_severity_name((enum capan_severity)severity));
    return CAPAN_ERROR - CAPAN_CHAT + 1;
}

size_t choice_each(const char *option, void (*each)(const char *word)) {
    if (strcmp(option, "finding") == 0) return each_finding(each);
    if (strcmp(option, "fail-on") == 0) return each_level(each) + each_finding(each);
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        if (strcmp(choices[i].option, option) != 0) continue;
        for (size_t at = 0; at < choices[i].count; at++) {
            const char *word = choices[i].tokens ? choices[i].tokens[at].token : choices[i].words[at];
            if (word) each(word);
        }
        return choices[i].count;
    }
    return 0;
}
