/* SPDX-License-Identifier: MIT */
#include "safename.h"

#include <glib.h>
#include <string.h>

enum { STEM_MAX = 64, SUFFIX_MAX = 16 };

struct safe_names {
    GHashTable *next; /* lower-case name: the number that its next namesake gets */
};

struct safe_names *safe_names_new(void) {
    struct safe_names *names = g_new(struct safe_names, 1);
    names->next = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return names;
}

void safe_names_free(struct safe_names *names) {
    if (!names) return;
    g_hash_table_destroy(names->next);
    g_free(names);
}

void safe_names_add(struct safe_names *names, const char *name) {
    g_hash_table_insert(names->next, g_ascii_strdown(name, -1), GUINT_TO_POINTER(2));
}

static bool is_safe(uint8_t octet) {
    return g_ascii_isalnum((char)octet) || (octet && strchr("._~+=@,%-", octet));
}

static const uint8_t *find(struct capan_span span, const char *any) {
    for (size_t i = 0; i < span.len; i++)
        if (span.at[i] && strchr(any, span.at[i])) return span.at + i;
    return NULL;
}

/* Behind the last slash of the path; of an absolute target nothing of the authority. */
static struct capan_span last_segment(struct capan_span target) {
    const uint8_t *end = find(target, "?#");
    if (end) target.len = (size_t)(end - target.at);
    for (size_t i = 0; i + 2 < target.len; i++) {
        if (memcmp(target.at + i, "://", 3) != 0) continue;
        struct capan_span rest = {target.at + i + 3, target.len - i - 3};
        const uint8_t *path = find(rest, "/");
        target =
            path ? (struct capan_span){path, rest.len - (size_t)(path - rest.at)} : (struct capan_span){rest.at, 0};
        break;
    }
    size_t start = target.len;
    while (start && target.at[start - 1] != '/' && target.at[start - 1] != '\\') start--;
    return target.len ? (struct capan_span){target.at + start, target.len - start} : target;
}

static struct capan_span for_media_type(struct capan_span type) {
    static const struct {
        const char *type, *name;
    } names[] = {{"text/html", "index.html"},        {"text/css", "index.css"},     {"text/plain", "index.txt"},
                 {"application/json", "index.json"}, {"image/png", "index.png"},    {"image/jpeg", "index.jpg"},
                 {"image/gif", "index.gif"},         {"text/xml", "index.xml"},     {"application/xml", "index.xml"},
                 {"text/javascript", "index.js"},    {"image/svg+xml", "index.svg"}};
    const char *name = "index";
    const uint8_t *end = find(type, "; \t");
    size_t len = end ? (size_t)(end - type.at) : type.len;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strlen(names[i].type) == len && g_ascii_strncasecmp(names[i].type, (const char *)type.at, len) == 0)
            name = names[i].name;
    return (struct capan_span){(const uint8_t *)name, strlen(name)};
}

/* Where a suffix worth keeping begins; the length when there is none. */
static size_t suffix_at(const uint8_t *at, size_t len) {
    for (size_t i = len; i > 1 && len - i < SUFFIX_MAX; i--)
        if (at[i - 1] == '.') return i - 1;
    return len;
}

static void append(char name[SAFE_NAME], const uint8_t *at, size_t len) {
    size_t have = strlen(name);
    for (size_t i = 0; i < len && have < SAFE_NAME - 1; i++) name[have++] = is_safe(at[i]) ? (char)at[i] : '_';
    name[have] = '\0';
}

/* Windows opens a device by these names, whatever their suffix. */
static bool is_device(const char *name) {
    static const char *const devices[] = {"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"};
    size_t len = strcspn(name, ".");
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++)
        if (strlen(devices[i]) == len && g_ascii_strncasecmp(devices[i], name, len) == 0) return true;
    bool port = g_ascii_strncasecmp(name, "com", 3) == 0 || g_ascii_strncasecmp(name, "lpt", 3) == 0;
    return len == 4 && port && g_ascii_isdigit(name[3]);
}

/* No hidden file, no option, no home folder, no formula where a spreadsheet reads the index; Windows drops a dot at the
 * end. */
static void harmless(char name[SAFE_NAME]) {
    size_t len = strlen(name);
    if (strchr(".-~=+@", name[0])) name[0] = '_';
    if (name[len - 1] == '.') name[len - 1] = '_';
    if (!is_device(name)) return;
    memmove(name + 1, name, len + 1);
    name[0] = '_';
}

void safe_name(char name[SAFE_NAME], struct capan_span target, struct capan_span media_type) {
    struct capan_span segment = last_segment(target);
    if (!segment.len) segment = for_media_type(media_type);
    size_t stem = suffix_at(segment.at, segment.len);
    name[0] = '\0';
    append(name, segment.at, MIN(stem, STEM_MAX));
    append(name, segment.at + stem, segment.len - stem);
    harmless(name);
}

void safe_name_suffix(char name[SAFE_NAME], struct capan_span suffix) {
    size_t room = SAFE_NAME - 16 - strlen(name); /* for a number */
    if (room < 2) return;
    append(name, (const uint8_t *)".", 1);
    append(name, suffix.at, MIN(suffix.len, room - 1));
    if (name[strlen(name) - 1] == '.') name[strlen(name) - 1] = '_';
}

void safe_names_take(struct safe_names *names, char name[SAFE_NAME]) {
    char *lower = g_ascii_strdown(name, -1);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(names->next, lower));
    if (number) {
        size_t dot = suffix_at((const uint8_t *)name, strlen(name));
        char candidate[2 * SAFE_NAME], *taken = NULL;
        do {
            g_free(taken);
            g_snprintf(candidate, sizeof candidate, "%.*s-%u%s", (int)dot, name, number++, name + dot);
            taken = g_ascii_strdown(candidate, -1);
        } while (g_hash_table_contains(names->next, taken));
        g_free(taken);
        g_hash_table_insert(names->next, g_strdup(lower), GUINT_TO_POINTER(number));
        g_strlcpy(name, candidate, SAFE_NAME);
    }
    safe_names_add(names, name);
    g_free(lower);
}
