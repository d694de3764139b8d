/* SPDX-License-Identifier: MIT */
#include "capan/database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "insert.h"
#include "opened.h"
#include "schema.h"

struct capan_database {
    sqlite3 *sqlite;
    const char *path;
    uint64_t memory;
    char *making; /* the name of a new one until it is whole; NULL: it was there before */
    int64_t capture, origin_ns, first_ns, last_ns;
    bool any;   /* a segment was added */
    int result; /* SQLite's, of what failed first */
    struct capan_cell_text text;
    struct capan_insert rows[CAPAN_ROWS_COUNT]; /* those that have a table */
    sqlite3_stmt *fields;
};

/* --- beginning --- */

/* Nobody sees a new one before it is whole, so that nothing needs to be undone; of one that was there, what was there
 * is kept in a journal until the end. */
static const char begin_new[] = "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                                "PRAGMA locking_mode = EXCLUSIVE; BEGIN";
static const char begin_known[] = "PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE";

static int run_sql(struct capan_database *database, const char *sql) {
    return sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL);
}

static int open_new(struct capan_database *database) {
    database->making = sqlite3_mprintf("%s-new", database->path);
    if (!database->making) return SQLITE_NOMEM;
    remove(database->making); /* what a run that was killed left */
    int result = sqlite3_open_v2(database->making, &database->sqlite,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (result == SQLITE_OK) result = run_sql(database, begin_new);
    return result == SQLITE_OK ? capan_schema_make(database->sqlite) : result;
}

/* The number of the capture that is added. */
static int choose_capture(struct capan_database *database) {
    return capan_opened_number(database->sqlite, "SELECT coalesce(max(id), 0) + 1 FROM captures", &database->capture);
}

static int prepare(struct capan_database *database) {
    int result = choose_capture(database);
    for (size_t i = 0; i < CAPAN_SCHEMA_TABLES && result == SQLITE_OK; i++) {
        const enum capan_rows rows = capan_schema_rows[i];
        result = capan_insert_prepare(&database->rows[rows], database->sqlite, capan_tables[rows], database->capture);
    }
    if (result != SQLITE_OK) return result;
    return capan_insert_prepare_fields(&database->fields, database->sqlite, database->capture);
}

static bool is_there(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file) fclose(file);
    return file || errno != ENOENT;
}

static bool begin(struct capan_database *database, char message[CAPAN_DATABASE_MESSAGE]) {
    int result;
    if (is_there(database->path)) {
        if (capan_opened_check(&database->sqlite, database->path, SQLITE_OPEN_READWRITE, message) != CAPAN_OK)
            return false;
        result = run_sql(database, begin_known);
    } else {
        result = open_new(database);
    }
    if (result == SQLITE_OK) result = capan_opened_limit(database->sqlite, database->memory);
    if (result == SQLITE_OK) result = prepare(database);
    if (result != SQLITE_OK) capan_opened_complain(database->sqlite, result, message);
    return result == SQLITE_OK;
}

struct capan_database *capan_database_open(const char *path, uint64_t memory, char message[CAPAN_DATABASE_MESSAGE]) {
    struct capan_database *database = calloc(1, sizeof *database);
    if (!database) {
        capan_opened_complain(NULL, SQLITE_NOMEM, message);
        return NULL;
    }
    database->path = path;
    database->memory = memory;
    if (begin(database, message)) return database;
    capan_database_discard(database);
    return NULL;
}

void capan_database_origin(struct capan_database *database, int64_t origin_ns) {
    database->origin_ns = origin_ns;
}

/* --- rows --- */

static void add(struct capan_database *database, enum capan_rows rows, struct capan_row *row) {
    if (database->result != SQLITE_OK) return;
    row->origin_ns = database->origin_ns;
    database->result = capan_insert_row(&database->rows[rows], row, &database->text);
}

void capan_database_segment(struct capan_database *database, const struct capan_segment *segment, const uint32_t *acks,
                            const struct capan_connection *connection) {
    struct capan_row row;
    row.segment = segment;
    row.acks = acks;
    row.within = connection;
    if (!database->any || segment->time_ns < database->first_ns) database->first_ns = segment->time_ns;
    if (!database->any || segment->time_ns > database->last_ns) database->last_ns = segment->time_ns;
    database->any = true;
    add(database, CAPAN_ROWS_SEGMENTS, &row);
}

void capan_database_exchange(struct capan_database *database, const struct capan_exchange *exchange) {
    struct capan_row row;
    row.exchange = exchange;
    add(database, CAPAN_ROWS_EXCHANGES, &row);
    if (database->result != SQLITE_OK) return;
    database->result = capan_insert_fields(database->fields, capan_tables[CAPAN_ROWS_EXCHANGES], &row, &database->text);
}

void capan_database_connection(struct capan_database *database, const struct capan_connection *connection) {
    struct capan_row row;
    row.connection = connection;
    add(database, CAPAN_ROWS_CONNECTIONS, &row);
}

void capan_database_page(struct capan_database *database, const struct capan_page *page) {
    struct capan_row row;
    row.page = page;
    add(database, CAPAN_ROWS_PAGES, &row);
}

void capan_database_finding(struct capan_database *database, const struct capan_finding *finding) {
    struct capan_row row;
    row.finding = finding;
    add(database, CAPAN_ROWS_FINDINGS, &row);
}

/* --- end --- */

static int bind_capture(const struct capan_database *database, sqlite3_stmt *statement,
                        const struct capan_source *source, struct capan_cell_text *text) {
    enum { ID = 1, FILE_NAME, FIRST, LAST, FRAMES, OCTETS, LINK, PARTIAL, VERSION };
    const struct capan_span file = {(const uint8_t *)source->file, strlen(source->file)};
    int result = sqlite3_bind_int64(statement, ID, database->capture);
    if (result == SQLITE_OK) result = capan_cell_bind_octets(statement, FILE_NAME, file, true, text);
    if (result == SQLITE_OK && database->any) result = sqlite3_bind_int64(statement, FIRST, database->first_ns);
    if (result == SQLITE_OK && database->any) result = sqlite3_bind_int64(statement, LAST, database->last_ns);
    if (result == SQLITE_OK) result = sqlite3_bind_int64(statement, FRAMES, (int64_t)source->frames);
    if (result == SQLITE_OK) result = sqlite3_bind_int64(statement, OCTETS, (int64_t)source->octets);
    if (result == SQLITE_OK) result = sqlite3_bind_text(statement, LINK, source->link, -1, SQLITE_STATIC);
    if (result == SQLITE_OK) result = sqlite3_bind_text(statement, PARTIAL, source->partial, -1, SQLITE_STATIC);
    if (result == SQLITE_OK) result = sqlite3_bind_text(statement, VERSION, capan_version(), -1, SQLITE_STATIC);
    return result;
}

static int add_capture(struct capan_database *database, const struct capan_source *source) {
    static const char sql[] = "INSERT INTO captures VALUES(?,?,?,?,?,?,?,?,?)";
    sqlite3_stmt *statement;
    int result = sqlite3_prepare_v2(database->sqlite, sql, -1, &statement, NULL);
    if (result == SQLITE_OK) result = bind_capture(database, statement, source, &database->text);
    if (result == SQLITE_OK) sqlite3_step(statement);
    const int ended = sqlite3_finalize(statement);
    return result == SQLITE_OK ? ended : result;
}

static int finish(struct capan_database *database, const struct capan_source *source) {
    int result = database->result;
    if (result == SQLITE_OK) result = add_capture(database, source);
    if (result == SQLITE_OK && database->making) result = capan_schema_index(database->sqlite);
    return result == SQLITE_OK ? run_sql(database, "COMMIT") : result;
}

static void close_sqlite(struct capan_database *database) {
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++) sqlite3_finalize(database->rows[i].statement);
    sqlite3_finalize(database->fields);
    sqlite3_close(database->sqlite);
    database->fields = NULL;
    memset(database->rows, 0, sizeof database->rows);
    database->sqlite = NULL;
}

/* A new one gets its name. */
static enum capan_result name_new(struct capan_database *database, char message[CAPAN_DATABASE_MESSAGE]) {
    close_sqlite(database);
    if (!database->making) return CAPAN_OK;
    if (rename(database->making, database->path) != 0) {
        snprintf(message, CAPAN_DATABASE_MESSAGE, "%s", strerror(errno));
        return CAPAN_IO;
    }
    sqlite3_free(database->making);
    database->making = NULL;
    return CAPAN_OK;
}

enum capan_result capan_database_close(struct capan_database *database, const struct capan_source *source,
                                       char message[CAPAN_DATABASE_MESSAGE]) {
    const int made = finish(database, source);
    enum capan_result result = CAPAN_OK;
    if (made == SQLITE_OK)
        result = name_new(database, message);
    else
        result = capan_opened_complain(database->sqlite, made, message);
    capan_database_discard(database);
    return result;
}

/* What is not committed is rolled back when it is closed. */
void capan_database_discard(struct capan_database *database) {
    close_sqlite(database);
    if (database->making) remove(database->making);
    sqlite3_free(database->making);
    free(database->text.at);
    free(database);
}
