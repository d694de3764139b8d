/* SPDX-License-Identifier: MIT */
#include "objects.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "coding.h"
#include "folder.h"
#include "joins.h"
#include "value.h"

enum {
    OPEN_MAX_FILES = 64, /* contents under way with an open file; others are opened again */
    CODINGS_MAX = 4,     /* of one content */
    HOLES_FREE = 1 << 20 /* octets: a file's holes are at most what was captured of it and so much */
};

/* What decoding may add. So many times its own length and so much any content may grow: text does. What grows more
 * draws on a sum that all share, so many times the limit of one file, and takes at most a part of what is left of it:
 * however many bombs come, they take from each other alone. */
enum { ORDINARY_TIMES = 16, ORDINARY_FREE = 1 << 16, SHARED_LIMITS = 8, SHARED_PART = 4 };

/* A content under way. Its octets lie where they belong; holes are zeros that take no room on the disk. */
struct part {
    uint64_t number;
    uint64_t end, prefix; /* the highest offset written; octets before the first hole */
    uint64_t captured;    /* octets written */
    int file;             /* -1 closed */
    bool limited, holed;  /* cut off: at a limit; at a hole too large to be kept */
    GList open;           /* among those with an open file, the oldest first */
};

struct objects {
    const struct options *options;
    struct capan_report *report, *index;
    FILE *index_file;
    struct folder folder;
    GHashTable *parts; /* number to part */
    struct joins *joins;
    GQueue open;
    uint64_t limit, left, under_way; /* of one file; what all may still become; what parts have written */
    uint64_t shared;                 /* what decoding may still add beyond the ordinary */
    uint64_t unwritten;              /* contents of this capture that became no file, because nothing was left */
    bool failed;
};

/* --- what went wrong --- */

/* Once: what follows from it need not be said. */
static void complain(struct objects *objects, const char *what) {
    if (!objects->failed) g_printerr("capan: %s: %s\n", what, g_strerror(errno));
    objects->failed = true;
}

/* --- files of contents under way --- */

static void close_part(struct objects *objects, struct part *part) {
    if (part->file < 0) return;
    if (close(part->file) != 0) complain(objects, objects->options->output);
    part->file = -1;
    g_queue_unlink(&objects->open, &part->open);
}

static bool open_part(struct objects *objects, struct part *part) {
    if (part->file >= 0) return true;
    while (objects->open.length >= OPEN_MAX_FILES) close_part(objects, objects->open.head->data);
    part->file = folder_open_scratch(&objects->folder, part->number, 0);
    if (part->file < 0) complain(objects, objects->options->output);
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
    close_part(objects, part);
    folder_remove_scratch(&objects->folder, part->number, 0);
    objects->under_way -= part->captured;
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

/* How many of the octets at offset the part takes. */
static size_t count_taken(const struct objects *objects, struct part *part, uint64_t offset, size_t len) {
    uint64_t room = offset < objects->limit ? objects->limit - offset : 0;
    if (room > objects->options->output_limit - objects->under_way)
        room = objects->options->output_limit - objects->under_way;
    if (len > room) part->limited = true, len = (size_t)room;
    uint64_t end = MAX(part->end, offset + len), captured = part->captured + len;
    if (end > captured && end - captured > captured + HOLES_FREE) part->holed = true;
    return part->holed ? 0 : len;
}

void objects_content(struct objects *objects, const struct capan_content *content) {
    if (objects->failed) return;
    struct part *part = part_of(objects, content->number);
    size_t len = count_taken(objects, part, content->offset, content->octets.len);
    if (!len || !open_part(objects, part)) return;
    if (!write_at(part->file, content->octets.at, len, content->offset)) complain(objects, objects->options->output);
    if (content->offset == part->prefix) part->prefix += len;
    part->end = MAX(part->end, content->offset + len);
    part->captured += len;
    objects->under_way += len;
}

/* --- from content to file --- */

/* What is known of an object while it becomes a file. */
struct making {
    struct capan_object object;
    struct capan_span codings; /* those that are left, as sent */
    uint64_t number, len;      /* of the content; octets of file */
    int file;                  /* the content as far as it is decoded */
    unsigned stage;            /* codings that were undone */
    bool holed;                /* only the part before the first hole is there */
    char name[SAFE_NAME], sha256[65];
};

static struct capan_span said(const struct capan_object *object, const char *name) {
    return value_of(object->exchange, object->request, name);
}

static bool is_blank(uint8_t octet) {
    return octet == ' ' || octet == '\t' || octet == ',';
}

/* The coding that was applied last; it is taken off the list (RFC 9110 8.4). */
static struct capan_span take_coding(struct capan_span *list) {
    if (!list->len) return *list;
    while (list->len && is_blank(list->at[list->len - 1])) list->len--;
    size_t start = list->len;
    while (start && !is_blank(list->at[start - 1])) start--;
    struct capan_span coding = {list->at + start, list->len - start};
    list->len = start;
    return coding;
}

/* What a content of so many octets may become when a coding is undone. */
static uint64_t decoded_limit(const struct objects *objects, uint64_t len) {
    uint64_t ordinary = ORDINARY_TIMES * len + ORDINARY_FREE;
    return MIN(MIN(objects->limit, objects->left), ordinary + objects->shared / SHARED_PART);
}

static void pay(struct objects *objects, uint64_t len, uint64_t decoded) {
    uint64_t ordinary = ORDINARY_TIMES * len + ORDINARY_FREE;
    if (decoded > ordinary) objects->shared -= decoded - ordinary;
}

static void drop_stage(struct objects *objects, const struct making *making, unsigned stage, int file) {
    if (!stage) return; /* the part's own */
    close(file);
    folder_remove_scratch(&objects->folder, making->number, stage);
}

/* Undoes one coding; whatever of it could not be undone is left. False: there is no going on. */
static bool undo(struct objects *objects, struct making *making, struct capan_span coding) {
    int to = folder_open_scratch(&objects->folder, making->number, making->stage + 1);
    struct pump pump = {
        .from = making->file, .to = to, .left = making->len, .limit = decoded_limit(objects, making->len)};
    if (to < 0 || lseek(making->file, 0, SEEK_SET) < 0) pump.failed = true;
    enum capan_object_state state = pump.failed ? CAPAN_OBJECT_UNKNOWN : coding_undo(coding, &pump);
    if (pump.failed) complain(objects, objects->options->output);
    bool nothing = state == CAPAN_OBJECT_UNKNOWN || (state == CAPAN_OBJECT_DAMAGED && !pump.written);
    making->object.state = (uint8_t)(nothing ? CAPAN_OBJECT_UNKNOWN : state);
    if (nothing || pump.failed) {
        drop_stage(objects, making, making->stage + 1, to);
        return false;
    }
    pay(objects, making->len, pump.written);
    drop_stage(objects, making, making->stage, making->file);
    making->stage++;
    making->file = to;
    making->len = pump.written;
    return state == CAPAN_OBJECT_DECODED || state == CAPAN_OBJECT_AS_SENT;
}

/* Those that could not be undone stay in making->codings. */
static void undo_codings(struct objects *objects, struct making *making) {
    making->object.state = CAPAN_OBJECT_AS_SENT;
    for (int i = 0; i < CODINGS_MAX; i++) {
        struct capan_span before = making->codings, coding = take_coding(&making->codings);
        if (!coding.len) break;
        if (undo(objects, making, coding)) continue;
        if (making->object.state == CAPAN_OBJECT_UNKNOWN) making->codings = before;
        break;
    }
    bool decoded = making->object.state == CAPAN_OBJECT_DECODED || making->object.state == CAPAN_OBJECT_DAMAGED;
    if (decoded && making->holed) making->object.state = CAPAN_OBJECT_HOLED;
}

/* "bytes 500-999/1000" as suffix. */
static void name_range(struct making *making) {
    struct capan_span range = said(&making->object, "content-range");
    size_t slash = 0;
    while (slash < range.len && range.at[slash] != '/') slash++;
    range.len = slash;
    if (range.len) safe_name_suffix(making->name, range);
}

static void name_object(struct making *making) {
    const struct capan_exchange *exchange = making->object.exchange;
    static const struct capan_span request = {(const uint8_t *)"request", 7}, partial = {(const uint8_t *)"partial", 7};
    safe_name(making->name, exchange->target, said(&making->object, "content-type"));
    if (making->object.request) safe_name_suffix(making->name, request);
    if (!making->object.request && exchange->status == 206) name_range(making);
    if (making->object.state == CAPAN_OBJECT_UNKNOWN) {
        struct capan_span coding = take_coding(&making->codings);
        safe_name_suffix(making->name, coding);
    }
    if (!making->object.whole) safe_name_suffix(making->name, partial);
}

/* Its digest, read from the file itself. */
static bool digest(struct making *making) {
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t block[1 << 14];
    ssize_t len = lseek(making->file, 0, SEEK_SET) < 0 ? -1 : 1;
    while (len > 0 && (len = read(making->file, block, sizeof block)) > 0) g_checksum_update(sum, block, len);
    g_strlcpy(making->sha256, g_checksum_get_string(sum), sizeof making->sha256);
    g_checksum_free(sum);
    return len == 0;
}

/* The file under way gets its length, and all that conditions may ask about is known. */
static bool know_object(struct objects *objects, struct making *making) {
    name_object(making);
    making->object.name = making->name;
    making->object.sha256 = making->sha256;
    making->object.len = making->len;
    bool fine = ftruncate(making->file, (off_t)making->len) == 0 && digest(making);
    if (!fine) complain(objects, making->name);
    return fine;
}

/* It gets a name that no other has. */
static bool place_file(struct objects *objects, struct making *making) {
    safe_names_take(objects->folder.names, making->name);
    bool fine = folder_adopt(&objects->folder, making->number, making->stage, making->file, making->name);
    if (!fine) complain(objects, making->name);
    return fine;
}

static void tell_object(struct objects *objects, struct making *making) {
    capan_report_object(objects->index, &making->object);
    if (!capan_report_flush(objects->index)) complain(objects, objects->options->output); /* to outlive us */
    if (objects->report) capan_report_object(objects->report, &making->object);
}

static bool is_whole(const struct making *making, const struct capan_http_extent *extent, const struct part *part) {
    uint8_t state = making->object.state;
    bool cut = state == CAPAN_OBJECT_DAMAGED || state == CAPAN_OBJECT_HOLED || state == CAPAN_OBJECT_LIMITED;
    return !cut && extent->complete && !extent->body_missing && !part->limited && !part->holed;
}

/* Where a content ends too early although no coding was in the way. */
static void cut(struct objects *objects, struct making *making, const struct part *part) {
    const bool as_sent = making->object.state == CAPAN_OBJECT_AS_SENT;
    if (as_sent && part->holed) making->object.state = CAPAN_OBJECT_HOLED;
    if ((as_sent && part->limited) || making->len > objects->left) making->object.state = CAPAN_OBJECT_LIMITED;
    making->len = MIN(making->len, objects->left);
    objects->left -= making->len;
}

static void make_object(struct objects *objects, struct part *part, const struct capan_exchange *exchange,
                        bool request) {
    const struct capan_http_extent *extent = request ? &exchange->request : &exchange->response;
    struct making making = {
        .object = {.exchange = exchange, .request = request}, .number = part->number, .len = part->end};
    if (!open_part(objects, part)) return;
    making.file = part->file;
    making.object.coded_len = extent->body_len + extent->body_missing;
    making.codings = said(&making.object, "content-encoding");
    making.holed = extent->body_missing > 0;
    if (making.codings.len) making.len = part->prefix;
    undo_codings(objects, &making);
    if (making.object.state == CAPAN_OBJECT_UNKNOWN) making.len = MAX(making.len, part->end);
    cut(objects, &making, part);
    making.object.whole = is_whole(&making, extent, part);
    const bool known = !objects->failed && know_object(objects, &making);
    if (known && !capan_report_wants_object(objects->index, &making.object))
        objects->left += making.len;
    else if (known && place_file(objects, &making))
        tell_object(objects, &making);
    drop_stage(objects, &making, making.stage, making.file);
}

/* --- from ranges to whole files --- */

/* One may close the other, as the one that was opened first. */
static bool open_both(struct objects *objects, struct part *one, struct part *other) {
    return open_part(objects, one) && open_part(objects, other) && open_part(objects, one);
}

/* A part's octets, all of them, once more in the file that they are a piece of. */
static bool copy_part(struct objects *objects, struct part *from, struct part *to, uint64_t offset) {
    uint8_t block[1 << 14];
    uint64_t done = 0;
    if (!open_both(objects, to, from)) return false;
    while (done < from->end) {
        const ssize_t len = pread(from->file, block, sizeof block, (off_t)done);
        if (len < 0 && errno == EINTR) continue;
        if (len <= 0 || !write_at(to->file, block, (size_t)len, offset + done)) break;
        done += (uint64_t)len;
    }
    if (done < from->end) complain(objects, objects->options->output);
    to->captured += done;
    objects->under_way += done;
    return done == from->end;
}

static void drop_part(struct objects *objects, struct part *part) {
    joins_drop(objects->joins, part->number);
    remove_part(objects, part);
    g_hash_table_remove(objects->parts, &part->number);
}

static bool is_piece(const struct part *part, const struct capan_exchange *exchange, const struct piece *piece) {
    const struct capan_http_extent *extent = &exchange->response;
    const uint64_t len = piece->end - piece->start;
    return extent->complete && !extent->body_missing && !part->limited && part->captured == len && part->prefix == len;
}

/* The whole that the part's octets complete; NULL: of none, or it goes on. */
static struct part *join(struct objects *objects, struct part *part, const struct capan_exchange *exchange) {
    struct piece piece;
    if (objects->failed || !joins_place(objects->joins, exchange, &piece)) return NULL;
    struct part *whole = part_of(objects, piece.whole);
    const bool fits = piece.total <= objects->limit && part->end <= objects->options->output_limit - objects->under_way;
    const bool taken = fits && is_piece(part, exchange, &piece) && copy_part(objects, part, whole, piece.start);
    whole->end = whole->prefix = piece.total;
    if (taken && joins_add(objects->joins, &piece)) return whole;
    if (!whole->captured) drop_part(objects, whole);
    return NULL;
}

static void make_whole(struct objects *objects, struct part *whole, const struct capan_exchange *exchange) {
    struct capan_http_field *fields;
    const struct capan_exchange told = joins_exchange(exchange, whole->end, &fields);
    if (objects->left && !objects->failed) make_object(objects, whole, &told, false);
    g_free(fields);
    drop_part(objects, whole);
}

static void take_content(struct objects *objects, uint64_t number, const struct capan_exchange *exchange, bool request,
                         bool wanted) {
    struct part *part = number ? g_hash_table_lookup(objects->parts, &number) : NULL;
    if (!part) return;
    struct part *whole = wanted && !request ? join(objects, part, exchange) : NULL;
    if (wanted && !objects->left)
        objects->unwritten++;
    else if (wanted && !objects->failed)
        make_object(objects, part, exchange, request);
    if (whole) make_whole(objects, whole, exchange);
    drop_part(objects, part);
}

void objects_exchange(struct objects *objects, const struct capan_exchange *exchange, bool wanted) {
    take_content(objects, exchange->request_content, exchange, true, wanted);
    take_content(objects, exchange->response_content, exchange, false, wanted);
}

uint64_t objects_end(struct objects *objects) {
    GHashTableIter iter;
    gpointer part;
    uint64_t unwritten = objects->unwritten;
    g_hash_table_iter_init(&iter, objects->parts);
    while (g_hash_table_iter_next(&iter, NULL, &part)) remove_part(objects, part);
    g_hash_table_remove_all(objects->parts);
    joins_free(objects->joins);
    objects->joins = joins_new();
    objects->unwritten = 0;
    return unwritten;
}

/* --- the index --- */

static bool open_index(struct objects *objects) {
    const bool csv = objects->options->format == CAPAN_CSV;
    char name[SAFE_NAME];
    g_strlcpy(name, csv ? "index.csv" : "index.ndjson", sizeof name);
    safe_names_take(objects->folder.names, name);
    int file = folder_create(&objects->folder, name);
    objects->index_file = file < 0 ? NULL : fdopen(file, "w");
    if (!objects->index_file) return false;
    objects->index = capan_report_new(objects->index_file, csv ? CAPAN_CSV : CAPAN_NDJSON, CAPAN_ROWS_OBJECTS,
                                      &objects->options->layout);
    return objects->index;
}

struct objects *objects_open(const struct options *options, struct capan_report *report) {
    struct objects *objects = g_new0(struct objects, 1);
    objects->options = options;
    objects->report = report;
    objects->limit = options->file_limit;
    objects->left = options->output_limit;
    objects->shared = SHARED_LIMITS * options->file_limit;
    objects->parts = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    objects->joins = joins_new();
    g_queue_init(&objects->open);
    if (folder_open(&objects->folder, options->output) && open_index(objects)) return objects;
    complain(objects, options->output);
    objects_close(objects);
    return NULL;
}

struct capan_report *objects_index(const struct objects *objects) {
    return objects->index;
}

int objects_folder(const struct objects *objects) {
    return objects->folder.file;
}

void objects_origin(struct objects *objects, int64_t origin_ns) {
    capan_report_origin(objects->index, origin_ns);
}

bool objects_close(struct objects *objects) {
    objects_end(objects);
    if (objects->index && !capan_report_close(objects->index)) complain(objects, objects->options->output);
    if (objects->index_file && fclose(objects->index_file) != 0) complain(objects, objects->options->output);
    folder_close(&objects->folder);
    bool fine = !objects->failed;
    g_hash_table_destroy(objects->parts);
    joins_free(objects->joins);
    g_free(objects);
    return fine;
}
