/* SPDX-License-Identifier: MIT */
#include "rowfile.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum { ENDS_WITHIN = 512, BY_AT = PARTIAL_KEY_AT + 16, NUMBER_AT = BY_AT + 1, NUMBER_LEN = 8, BUFFER = 256 << 10 };

bool rowfile_complain(const struct rowfile *file, const char *why) {
    g_printerr("capan: %s: %s\n", file->name, why);
    return false;
}

/* --- its first line and its last ones --- */

static void take_text(char *to, size_t size, const struct capan_json_leaf *leaf) {
    g_snprintf(to, (gulong)size, "%.*s", (int)leaf->text.len, (const char *)leaf->text.at);
}

static void take_member(void *context, const struct capan_json_leaf *leaf) {
    struct rowfile *file = context;
    const struct {
        const char *path;
        uint64_t *to;
    } numbers[] = {{"packets", &file->packets},
                   {"end.packets", &file->packets_read},
                   {"end.connections", &file->connections},
                   {"end.responses", &file->responses},
                   {"end.segments", &file->segments},
                   {"end.exchanges", &file->exchanges}};
    char text[24];
    int64_t number;
    take_text(text, sizeof text, leaf);
    if (strcmp(leaf->path, "partial") == 0) take_text(file->command, sizeof file->command, leaf);
    if (strcmp(leaf->path, "capan") == 0) take_text(file->version, sizeof file->version, leaf);
    if (strcmp(leaf->path, "split") == 0) file->split = strtoull(text, NULL, 16);
    if (!capan_json_integer(leaf, &number) || number < 0) return;
    if (strcmp(leaf->path, "part") == 0 && number <= CAPAN_SPLIT_PARTS_MAX) file->part = (uint32_t)number;
    if (strcmp(leaf->path, "parts") == 0 && number <= CAPAN_SPLIT_PARTS_MAX) file->parts = (uint32_t)number;
    if (strcmp(leaf->path, "end.length") == 0) file->left = number;
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (strcmp(leaf->path, numbers[i].path) == 0) *numbers[i].to = (uint64_t)number;
}

static bool read_members(struct rowfile *file, const char *text, size_t len) {
    uint8_t scratch[ENDS_WITHIN];
    return len <= sizeof scratch &&
           capan_json_walk((struct capan_span){(const uint8_t *)text, len}, scratch, take_member, file);
}

static bool read_first(struct rowfile *file) {
    char line[ENDS_WITHIN];
    if (!fgets(line, sizeof line, file->file) || !read_members(file, line, strlen(line))) file->parts = 0;
    return (file->command[0] && file->part && file->part <= file->parts) ||
           rowfile_complain(file, "no rows of a part (--format partial)");
}

/* A row is never taken for the last line: it begins otherwise. */
static bool read_last(struct rowfile *file, int64_t *last_at) {
    char end[ENDS_WITHIN + 1];
    if (fseeko(file->file, 0, SEEK_END) != 0) return rowfile_complain(file, "it must be a file, not a pipe");
    const int64_t size = ftello(file->file), from = MAX(0, size - ENDS_WITHIN);
    fseeko(file->file, from, SEEK_SET);
    const size_t len = fread(end, 1, ENDS_WITHIN, file->file);
    end[len] = 0;
    const char *last = g_strrstr(end, "{\"end\":{");
    *last_at = last ? from + (last - end) : 0;
    return last && end[len - 1] == '\n' && read_members(file, last, len - (size_t)(last - end));
}

static bool count_in(struct rowfile *file, const char *text, uint32_t last) {
    char *rest;
    const uint64_t frame = strtoull(text, &rest, 10);
    if (rest == text || frame < last || frame > UINT32_MAX) return false;
    if (file->streams == file->capacity) {
        file->capacity = file->capacity ? 2 * file->capacity : 1024;
        file->frames = g_renew(uint32_t, file->frames, file->capacity);
    }
    file->frames[file->streams++] = (uint32_t)frame;
    return true;
}

/* {"streams":[1,5,9]}: number by number, as there may be millions. */
static bool read_streams(struct rowfile *file) {
    static const char begin[] = "{\"streams\":[";
    char text[24];
    size_t len = 0;
    for (const char *at = begin; *at; at++)
        if (getc(file->file) != *at) return false;
    for (int c; (c = getc(file->file)) != EOF && len < sizeof text - 1;) {
        if (g_ascii_isdigit(c)) {
            text[len++] = (char)c;
            continue;
        }
        text[len] = 0;
        if (c == ']' && !len && !file->streams) return true;
        if (!count_in(file, text, file->streams ? file->frames[file->streams - 1] : 0)) return false;
        if (c != ',') return c == ']';
        len = 0;
    }
    return false;
}

static bool read_ends(struct rowfile *file) {
    int64_t last_at;
    if (!read_first(file)) return false;
    const int64_t rows_at = ftello(file->file);
    if (!read_last(file, &last_at) || file->left <= 0 || last_at - file->left < rows_at)
        return rowfile_complain(file, "rows are missing: what wrote it did not come to its end");
    const int64_t streams_at = last_at - file->left;
    fseeko(file->file, streams_at, SEEK_SET);
    if (!read_streams(file)) return rowfile_complain(file, "damaged where it lists its streams");
    if (file->packets_read != file->packets) return rowfile_complain(file, "not all packets of its part were read");
    file->rows_at = rows_at;
    file->rows_len = streams_at - rows_at;
    return true;
}

bool rowfile_open(struct rowfile *file, const char *name) {
    *file = (struct rowfile){.name = name, .file = fopen(name, "r")};
    if (!file->file) return rowfile_complain(file, g_strerror(errno));
    file->buffer = g_malloc(BUFFER); /* of its own: libc takes no more than a block by itself */
    setvbuf(file->file, file->buffer, _IOFBF, BUFFER);
    const bool fine = read_ends(file);
    file->capacity = 0; /* of the line from here on */
    return fine;
}

void rowfile_close(struct rowfile *file) {
    if (file->file) fclose(file->file);
    g_free(file->buffer);
    g_free(file->frames);
    g_free(file->ranks);
    free(file->line);
}

/* --- its rows --- */

static bool is_row(const struct rowfile *file) {
    return file->len > PARTIAL_ROW_AT + 4 && memcmp(file->line, "{\"at\":\"", PARTIAL_KEY_AT) == 0 &&
           memcmp(file->line + PARTIAL_ROW_AT - 8, "\",\"row\":", 8) == 0 && file->line[file->len - 2] == '}' &&
           file->line[file->len - 1] == '\n';
}

/* At the end of the capture rows are in the order of streams, which the part numbered for itself. */
static bool renumber_key(struct rowfile *file) {
    char number[NUMBER_LEN + 1] = "";
    if (file->line[BY_AT] != '0' + CAPAN_TOLD_BY_END) return true;
    memcpy(number, file->line + NUMBER_AT, NUMBER_LEN);
    const uint64_t stream = strtoull(number, NULL, 16);
    if (stream >= file->streams) return false;
    g_snprintf(number, sizeof number, "%08x", file->ranks[stream]);
    memcpy(file->line + NUMBER_AT, number, NUMBER_LEN);
    return true;
}

bool rowfile_begin(struct rowfile *file, char letter) {
    file->left = file->rows_len;
    file->letter = letter;
    return fseeko(file->file, file->rows_at, SEEK_SET) == 0 || rowfile_complain(file, g_strerror(errno));
}

static enum rowfile_next next_row(struct rowfile *file) {
    if (file->left == 0) return ROWFILE_OVER;
    const ssize_t len = getline(&file->line, &file->capacity, file->file);
    file->len = len > 0 ? (size_t)len : 0;
    file->left -= len;
    if (len > 0 && file->left >= 0 && is_row(file) && renumber_key(file)) return ROWFILE_ROW;
    rowfile_complain(file, "damaged: a line that is no row");
    return ROWFILE_BROKEN;
}

/* ["s",1,2]: its letter is at the same place of each. */
enum rowfile_next rowfile_next(struct rowfile *file) {
    enum rowfile_next next;
    do next = next_row(file);
    while (next == ROWFILE_ROW && file->letter && file->line[PARTIAL_ROW_AT + 2] != file->letter);
    return next;
}
