/* SPDX-License-Identifier: MIT */
#include "objects.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coding.h"
#include "safename.h"

enum {
    OPEN_MAX_FILES = 64,  /* contents under way with an open file; others are opened again */
    CODINGS_MAX = 4,      /* of one content */
    EXPANSION_LIMITS = 16 /* so many times the limit of one file all decoding together may add */
};

/* A content under way. Its octets lie where they belong; holes are zeros. */
struct part {
    uint64_t number;
    uint64_t end, prefix; /* the highest offset written; octets before the first hole */
    int file;             /* -1 closed */
    bool limited;
    GList open; /* among those with an open file, the oldest first */
};

struct objects {
    const struct options *options;
    struct capan_report *report, *index;
    FILE *index_file;
    char *scratch; /* a folder inside the folder */
    int folder;
    struct safe_names *names;
    GHashTable *parts; /* number to part */
    GQueue open;
    uint64_t limit, expansion; /* of one file; what decoding may still add */
    bool failed;
};

/* --- what went wrong --- */

/* Once: what follows from it need not be said. */
static void complain(struct objects *objects, const char *what) {
    if (!objects->failed) g_printerr("capan: %s: %s\n", what, g_strerror(errno));
    objects->failed = true;
}

/* --- files of contents under way --- */

static char *part_path(const struct objects *objects, uint64_t number, const char *suffix) {
    return g_strdup_printf("%s/%" G_GUINT64_FORMAT "%s", objects->scratch, number, suffix);
}

static void close_part(struct objects *objects, struct part *part) {
    if (part->file < 0) return;
    if (close(part->file) != 0) complain(objects, objects->scratch);
    part->file = -1;
    g_queue_unlink(&objects->open, &part->open);
}

static bool open_part(struct objects *objects, struct part *part) {
    if (part->file >= 0) return true;
    while (objects->open.length >= OPEN_MAX_FILES) close_part(objects, objects->open.head->data);
    char *path = part_path(objects, part->number, "");
    part->file = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (part->file < 0) complain(objects, path);
    g_free(path);
    if (part->file < 0) return false;
    part->open.data = part;
    g_queue_push_tail_link(&objects->open, &part->open);
    return true;
}

static struct part *part_of(struct objects *objects, uint64_t number) {
    struct part *part = g_hash_table_lookup(objects->parts, &number);
    if (part) return part;
    part = g_new0(struct part, 1);
    part->number = number;
    part->file = -1;
    g_hash_table_insert(objects->parts, &part->number, part);
    return part;
}

static void remove_part(struct objects *objects, struct part *part) {
    char *path = part_path(objects, part->number, "");
    close_part(objects, part);
    unlink(path);
    g_free(path);
}

static bool write_at(int file, const uint8_t *at, size_t len, uint64_t offset) {
    while (len) {
        ssize_t done = pwrite(file, at, len, (off_t)offset);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        at += done;
        len -= (size_t)done;
        offset += (uint64_t)done;
    }
    return true;
}

void objects_content(struct objects *objects, const struct capan_content *content) {
    if (objects->failed) return;
    struct part *part = part_of(objects, content->number);
    size_t len = content->octets.len;
    uint64_t room = content->offset < objects->limit ? objects->limit - content->offset : 0;
    if (len > room) part->limited = true, len = (size_t)room;
    if (!len || !open_part(objects, part)) return;
    if (!write_at(part->file, content->octets.at, len, content->offset)) complain(objects, objects->options->output);
    if (content->offset == part->prefix) part->prefix += len;
    part->end = MAX(part->end, content->offset + len);
}

/* --- from content to file --- */

/* What is known of an object while it becomes a file. */
struct making {
    struct capan_object object;
    struct capan_span codings; /* those that are left, as sent */
    uint64_t len;              /* octets of from */
    int from;                  /* the content as far as it is decoded */
    bool holed;                /* only the part before the first hole is there */
    char name[SAFE_NAME], sha256[65];
};

static struct capan_span value_of(const struct capan_object *object, const char *name) {
    const struct capan_exchange *exchange = object->exchange;
    const struct capan_http_field *fields = object->request ? exchange->request_fields : exchange->response_fields;
    size_t count = object->request ? exchange->request_field_count : exchange->response_field_count;
    for (size_t i = 0; i < count; i++)
        if (fields[i].name.len == strlen(name) && memcmp(fields[i].name.at, name, fields[i].name.len) == 0)
            return fields[i].value;
    return (struct capan_span){NULL, 0};
}

static bool is_blank(uint8_t octet) {
    return octet == ' ' || octet == '\t' || octet == ',';
}

/* The coding that was applied last; it is taken off the list (RFC 9110 8.4). */
static struct capan_span take_coding(struct capan_span *list) {
    while (list->len && is_blank(list->at[list->len - 1])) list->len--;
    size_t start = list->len;
    while (start && !is_blank(list->at[start - 1])) start--;
    struct capan_span coding = {list->at + start, list->len - start};
    list->len = start;
    return coding;
}

static int scratch_file(struct objects *objects, uint64_t number) {
    char *path = part_path(objects, number, "+");
    int file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        complain(objects, path);
    else
        unlink(path);
    g_free(path);
    return file;
}

/* Undoes one coding; whatever of it could not be undone is left. False: there is no going on. */
static bool undo(struct objects *objects, struct making *making, struct capan_span coding, uint64_t number) {
    uint64_t limit = MIN(objects->limit, making->len + objects->expansion);
    int to = scratch_file(objects, number);
    struct pump pump = {.from = making->from, .to = to, .left = making->len, .limit = limit};
    if (to < 0 || lseek(making->from, 0, SEEK_SET) < 0) return false;
    enum capan_object_state state = coding_undo(coding, &pump);
    if (pump.failed) complain(objects, objects->options->output);
    bool nothing = state == CAPAN_OBJECT_UNKNOWN || (state == CAPAN_OBJECT_DAMAGED && !pump.written);
    making->object.state = (uint8_t)(nothing ? CAPAN_OBJECT_UNKNOWN : state);
    if (nothing || pump.failed) {
        close(to);
        return false;
    }
    objects->expansion -= pump.written > making->len ? MIN(pump.written - making->len, objects->expansion) : 0;
    close(making->from);
    making->from = to;
    making->len = pump.written;
    return state == CAPAN_OBJECT_DECODED || state == CAPAN_OBJECT_AS_SENT;
}

/* Those that could not be undone stay in making->codings. */
static void undo_codings(struct objects *objects, struct making *making, uint64_t number) {
    making->object.state = CAPAN_OBJECT_AS_SENT;
    for (int i = 0; i < CODINGS_MAX; i++) {
        struct capan_span before = making->codings, coding = take_coding(&making->codings);
        if (!coding.len) break;
        if (undo(objects, making, coding, number)) continue;
        if (making->object.state == CAPAN_OBJECT_UNKNOWN) making->codings = before;
        break;
    }
    bool decoded = making->object.state == CAPAN_OBJECT_DECODED || making->object.state == CAPAN_OBJECT_DAMAGED;
    if (decoded && making->holed) making->object.state = CAPAN_OBJECT_HOLED;
}

/* "bytes 500-999/1000" as suffix. */
static void name_range(struct making *making) {
    struct capan_span range = value_of(&making->object, "content-range");
    size_t slash = 0;
    while (slash < range.len && range.at[slash] != '/') slash++;
    range.len = slash;
    if (range.len) safe_name_suffix(making->name, range);
}

static void name_object(struct objects *objects, struct making *making) {
    const struct capan_exchange *exchange = making->object.exchange;
    static const struct capan_span request = {(const uint8_t *)"request", 7}, partial = {(const uint8_t *)"partial", 7};
    safe_name(making->name, exchange->target, value_of(&making->object, "content-type"));
    if (making->object.request) safe_name_suffix(making->name, request);
    if (!making->object.request && exchange->status == 206) name_range(making);
    if (making->object.state == CAPAN_OBJECT_UNKNOWN) {
        struct capan_span coding = take_coding(&making->codings);
        safe_name_suffix(making->name, coding);
    }
    if (!making->object.whole) safe_name_suffix(making->name, partial);
    safe_names_take(objects->names, making->name);
}

/* A file of that name, or of one with a number where it is there already. */
static int create_file(struct objects *objects, char name[SAFE_NAME]) {
    int file;
    while ((file = openat(objects->folder, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666)) < 0 &&
           errno == EEXIST)
        safe_names_take(objects->names, name);
    if (file < 0) complain(objects, name);
    return file;
}

/* Copies what there is, and its digest. */
static bool write_file(struct objects *objects, struct making *making) {
    static const struct capan_span identity = {(const uint8_t *)"identity", 8};
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t block[1 << 14];
    int to = create_file(objects, making->name);
    struct pump pump = {.from = making->from, .to = to, .left = making->len, .limit = UINT64_MAX};
    bool fine = to >= 0 && lseek(making->from, 0, SEEK_SET) >= 0;
    if (fine) coding_undo(identity, &pump);
    if (fine && lseek(making->from, 0, SEEK_SET) >= 0)
        for (ssize_t len; (len = read(making->from, block, sizeof block)) > 0;) g_checksum_update(sum, block, len);
    if (to >= 0 && (close(to) != 0 || pump.failed)) complain(objects, making->name);
    g_strlcpy(making->sha256, g_checksum_get_string(sum), sizeof making->sha256);
    g_checksum_free(sum);
    return fine && !pump.failed;
}

static void tell_object(struct objects *objects, struct making *making) {
    making->object.name = making->name;
    making->object.sha256 = making->sha256;
    making->object.len = making->len;
    capan_report_object(objects->index, &making->object);
    if (objects->report) capan_report_object(objects->report, &making->object);
}

static bool is_whole(const struct making *making, const struct capan_http_extent *extent, const struct part *part) {
    uint8_t state = making->object.state;
    bool cut = state == CAPAN_OBJECT_DAMAGED || state == CAPAN_OBJECT_HOLED || state == CAPAN_OBJECT_LIMITED;
    return !cut && extent->complete && !extent->body_missing && !part->limited;
}

static void make_object(struct objects *objects, struct part *part, const struct capan_exchange *exchange,
                        bool request) {
    const struct capan_http_extent *extent = request ? &exchange->request : &exchange->response;
    struct making making = {.object = {.exchange = exchange, .request = request}, .len = part->end};
    if (!open_part(objects, part)) return;
    making.from = dup(part->file);
    making.object.coded_len = extent->body_len + extent->body_missing;
    making.codings = value_of(&making.object, "content-encoding");
    making.holed = extent->body_missing > 0;
    if (making.codings.len) making.len = part->prefix;
    if (making.from >= 0) undo_codings(objects, &making, part->number);
    if (making.object.state == CAPAN_OBJECT_UNKNOWN) making.len = MAX(making.len, part->end);
    if (part->limited && making.object.state == CAPAN_OBJECT_AS_SENT) making.object.state = CAPAN_OBJECT_LIMITED;
    making.object.whole = is_whole(&making, extent, part);
    name_object(objects, &making);
    if (making.from >= 0 && write_file(objects, &making)) tell_object(objects, &making);
    if (making.from >= 0) close(making.from);
}

static void take_content(struct objects *objects, uint64_t number, const struct capan_exchange *exchange, bool request,
                         bool wanted) {
    struct part *part = number ? g_hash_table_lookup(objects->parts, &number) : NULL;
    if (!part) return;
    if (wanted && !objects->failed) make_object(objects, part, exchange, request);
    remove_part(objects, part);
    g_hash_table_remove(objects->parts, &part->number);
}

void objects_exchange(struct objects *objects, const struct capan_exchange *exchange, bool wanted) {
    take_content(objects, exchange->request_content, exchange, true, wanted);
    take_content(objects, exchange->response_content, exchange, false, wanted);
}

void objects_end(struct objects *objects) {
    GHashTableIter iter;
    gpointer part;
    g_hash_table_iter_init(&iter, objects->parts);
    while (g_hash_table_iter_next(&iter, NULL, &part)) remove_part(objects, part);
    g_hash_table_remove_all(objects->parts);
}

/* --- the folder --- */

/* What is there is never written over, whatever its letters' case. */
static bool note_names(struct objects *objects) {
    DIR *folder = opendir(objects->options->output);
    if (!folder) return false;
    for (struct dirent *entry; (entry = readdir(folder));) safe_names_add(objects->names, entry->d_name);
    closedir(folder);
    return true;
}

static bool open_folder(struct objects *objects) {
    const char *output = objects->options->output;
    if (mkdir(output, 0777) != 0 && errno != EEXIST) return false;
    objects->folder = open(output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (objects->folder < 0 || !note_names(objects)) return false;
    objects->scratch = g_strdup_printf("%s/.capan-XXXXXX", output);
    if (mkdtemp(objects->scratch)) return true;
    g_clear_pointer(&objects->scratch, g_free);
    return false;
}

static bool open_index(struct objects *objects) {
    const bool csv = objects->options->format == CAPAN_CSV;
    char name[SAFE_NAME];
    g_strlcpy(name, csv ? "index.csv" : "index.ndjson", sizeof name);
    safe_names_take(objects->names, name);
    int file = create_file(objects, name);
    objects->index_file = file < 0 ? NULL : fdopen(file, "w");
    if (!objects->index_file) return false;
    objects->index = capan_report_new(objects->index_file, csv ? CAPAN_CSV : CAPAN_NDJSON, CAPAN_ROWS_OBJECTS, false);
    return objects->index;
}

struct objects *objects_open(const struct options *options, struct capan_report *report) {
    struct objects *objects = g_new0(struct objects, 1);
    objects->options = options;
    objects->report = report;
    objects->folder = -1;
    objects->limit = options->file_limit;
    objects->expansion = EXPANSION_LIMITS * options->file_limit;
    objects->names = safe_names_new();
    objects->parts = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    g_queue_init(&objects->open);
    if (open_folder(objects) && open_index(objects)) return objects;
    complain(objects, options->output);
    objects_close(objects);
    return NULL;
}

void objects_source(struct objects *objects, const char *file, int64_t origin_ns) {
    capan_report_source(objects->index, file, origin_ns);
}

bool objects_close(struct objects *objects) {
    objects_end(objects);
    if (objects->index && !capan_report_close(objects->index)) complain(objects, objects->options->output);
    if (objects->index_file && fclose(objects->index_file) != 0) complain(objects, objects->options->output);
    if (objects->scratch) rmdir(objects->scratch);
    if (objects->folder >= 0) close(objects->folder);
    bool fine = !objects->failed;
    g_hash_table_destroy(objects->parts);
    safe_names_free(objects->names);
    g_free(objects->scratch);
    g_free(objects);
    return fine;
}
