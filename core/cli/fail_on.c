/* SPDX-License-Identifier: MIT */
#include "fail_on.h"

#include <glib.h>
#include <string.h>

static bool take_level(const char *word, struct fail_on *fail_on) {
    for (unsigned severity = CAPAN_CHAT; severity <= CAPAN_ERROR; severity++) {
        if (strcmp(word, capan_severity_name((enum capan_severity)severity)) != 0) continue;
        if (!fail_on->level || severity < fail_on->level) fail_on->level = (enum capan_severity)severity;
        return true;
    }
    return false;
}

/* A token of any class that findings have, or all of a class by its column. */
static bool take_tokens(const char *word, struct fail_on *fail_on, struct capan_nearest *nearest) {
    bool found = false;
    for (unsigned of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) {
        const struct capan_cause_list *list = &capan_cause_lists[of];
        const bool all = strcmp(word, list->field) == 0;
        for (size_t i = 0; i < list->count; i++) {
            if (list->tokens[i].severity == CAPAN_NONE) continue;
            const char *token = list->tokens[i].token;
            capan_nearest_offer(nearest, (struct capan_span){(const uint8_t *)token, strlen(token)});
            if (!all && strcmp(word, token) != 0) continue;
            fail_on->tokens[of] |= UINT64_C(1) << i;
            found = true;
        }
    }
    return found;
}

bool fail_on_read(const char *words, struct fail_on *fail_on) {
    char **list = g_strsplit(words, ",", -1), **word = list;
    bool fine = true;
    fail_on->any = true;
    for (; *word && fine; word++) {
        struct capan_nearest nearest = {.asked = {(const uint8_t *)*word, strlen(*word)}};
        fine = take_level(*word, fail_on) || take_tokens(*word, fail_on, &nearest);
        if (fine) continue;
        g_printerr("capan: --fail-on: no level and no finding is called '%s'", *word);
        if (nearest.best.at) g_printerr("; nearest is '%s'", (const char *)nearest.best.at);
        g_printerr("\n");
    }
    g_strfreev(list);
    return fine;
}

bool fail_on_holds(const struct fail_on *fail_on, unsigned of, unsigned number, unsigned severity) {
    return (fail_on->level && severity >= fail_on->level) || fail_on->tokens[of] >> number & 1;
}
