/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "opened.h"
#include "out.h"

enum { CELL_WIDEST = 60, COLUMNS_MOST = 512 };

struct answer {
    const struct capan_database_question *question;
    sqlite3_stmt *statement;
    struct capan_out out;
    int count; /* of columns */
    size_t widths[COLUMNS_MOST];
    uint64_t written;
};

/* --- cells --- */

static struct capan_span text_of(struct answer *answer, int column) {
    const unsigned char *text = sqlite3_column_text(answer->statement, column);
    return (struct capan_span){text, text ? (size_t)sqlite3_column_bytes(answer->statement, column) : 0};
}

static bool is_number(struct answer *answer, int column) {
    const int type = sqlite3_column_type(answer->statement, column);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

/* What SQL calls infinite is no number of JSON. */
static bool is_finite_number(struct answer *answer, int column) {
    const double number = sqlite3_column_double(answer->statement, column);
    return is_number(answer, column) && number - number == 0;
}

static void put_json_cell(struct answer *answer, int column) {
    if (is_finite_number(answer, column)) {
        const struct capan_span number = text_of(answer, column);
        out_octets(&answer->out, number.at, number.len);
    } else if (sqlite3_column_type(answer->statement, column) == SQLITE_NULL || is_number(answer, column)) {
        out_text(&answer->out, "null");
    } else {
        capan_out_json(&answer->out, text_of(answer, column), CAPAN_UTF8_OR_LATIN1);
    }
}

static void put_csv_cell(struct answer *answer, int column) {
    const bool number = is_number(answer, column); /* before it is read as text */
    const struct capan_span text = text_of(answer, column);
    if (number)
        out_octets(&answer->out, text.at, text.len);
    else
        capan_out_csv(&answer->out, text, CAPAN_UTF8_OR_LATIN1);
}

/* --- rows --- */

static void put_json(struct answer *answer) {
    struct capan_out *out = &answer->out;
    if (answer->question->format == CAPAN_JSON) out_text(out, answer->written ? ",\n" : "[\n");
    out_char(out, '{');
    for (int i = 0; i < answer->count; i++) {
        if (i) out_char(out, ',');
        capan_out_json(out, span_of(sqlite3_column_name(answer->statement, i)), CAPAN_UTF8_OR_LATIN1);
        out_char(out, ':');
        put_json_cell(answer, i);
    }
    out_char(out, '}');
    if (answer->question->format == CAPAN_NDJSON) out_char(out, '\n');
}

static void put_csv_names(struct answer *answer) {
    for (int i = 0; i < answer->count; i++) {
        if (i) out_char(&answer->out, ',');
        capan_out_csv(&answer->out, span_of(sqlite3_column_name(answer->statement, i)), CAPAN_UTF8_OR_LATIN1);
    }
    out_char(&answer->out, '\n');
}

static void put_csv(struct answer *answer) {
    for (int i = 0; i < answer->count; i++) {
        if (i) out_char(&answer->out, ',');
        put_csv_cell(answer, i);
    }
    out_char(&answer->out, '\n');
}

/* The last column is neither filled up nor cut. */
static void put_text_cell(struct answer *answer, int column, struct capan_span text, bool right) {
    const bool last = column + 1 == answer->count;
    size_t width = answer->widths[column];
    if (right && width > text.len) capan_out_spaces(&answer->out, width - text.len);
    const size_t used = capan_out_printable(&answer->out, text, last ? 0 : CELL_WIDEST);
    if (!right && !last && width > used) capan_out_spaces(&answer->out, width - used);
    out_text(&answer->out, last ? "\n" : "  ");
}

static void put_text_names(struct answer *answer) {
    for (int i = 0; i < answer->count; i++)
        put_text_cell(answer, i, span_of(sqlite3_column_name(answer->statement, i)), false);
}

static void put_text(struct answer *answer) {
    for (int i = 0; i < answer->count; i++) {
        const bool number = is_number(answer, i); /* before it is read as text */
        put_text_cell(answer, i, text_of(answer, i), number);
    }
}

static void widen(size_t *width, size_t len) {
    if (len > CELL_WIDEST) len = CELL_WIDEST;
    if (len > *width) *width = len;
}

static void put_row(struct answer *answer) {
    switch (answer->question->format) {
    case CAPAN_TEXT: put_text(answer); break;
    case CAPAN_CSV: put_csv(answer); break;
    default: put_json(answer); break;
    }
}

/* --- the answer --- */

/* SQLITE_DONE, or what went wrong. */
static int walk(struct answer *answer, void (*visit)(struct answer *)) {
    int result = SQLITE_DONE;
    for (answer->written = 0; answer->written < answer->question->limit; answer->written++) {
        result = sqlite3_step(answer->statement);
        if (result != SQLITE_ROW) break;
        visit(answer);
    }
    const int ended = sqlite3_reset(answer->statement);
    return ended == SQLITE_OK ? SQLITE_DONE : ended;
}

/* Characters, where it is UTF-8. */
static size_t count_characters(struct capan_span text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += (text.at[i] & 0xc0) != 0x80;
    return count;
}

static void measure(struct answer *answer) {
    for (int i = 0; i < answer->count; i++) widen(&answer->widths[i], count_characters(text_of(answer, i)));
}

/* For people it is asked twice: the first time for the widths of the columns. */
static int write_answer(struct answer *answer) {
    const enum capan_format format = answer->question->format;
    int result = SQLITE_DONE;
    if (format == CAPAN_CSV) put_csv_names(answer);
    if (format == CAPAN_TEXT) {
        for (int i = 0; i < answer->count; i++)
            widen(&answer->widths[i], strlen(sqlite3_column_name(answer->statement, i)));
        result = walk(answer, measure);
        put_text_names(answer);
    }
    if (result == SQLITE_DONE) result = walk(answer, put_row);
    if (format == CAPAN_JSON) out_text(&answer->out, answer->written ? "\n]\n" : "[]\n");
    return result;
}

static bool is_name(const char *what) {
    return what[strspn(what, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == '\0';
}

/* A name may have hyphens, as tokens and commands have. */
static char *sql_of(const char *what) {
    if (!what) return sqlite3_mprintf("SELECT name, question FROM questions");
    if (!is_name(what)) return sqlite3_mprintf("%s", what);
    char *sql = sqlite3_mprintf("SELECT * FROM \"%s\"", what);
    for (char *at = sql; at && *at; at++)
        if (*at == '-') *at = '_';
    return sql;
}

/* ATTACH only reads by itself, and would open any file. */
static int authorize(void *context, int action, const char *a, const char *b, const char *c, const char *d) {
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_ATTACH || action == SQLITE_DETACH ? SQLITE_DENY : SQLITE_OK;
}

static bool is_blank(const char *text) {
    return text[strspn(text, " \t\r\n;")] == '\0';
}

static enum capan_result prepare(struct answer *answer, sqlite3 *sqlite, char message[CAPAN_DATABASE_MESSAGE]) {
    const char *rest = "";
    char *sql = sql_of(answer->question->what);
    const int result = sql ? sqlite3_prepare_v2(sqlite, sql, -1, &answer->statement, &rest) : SQLITE_NOMEM;
    const bool more = result == SQLITE_OK && !is_blank(rest);
    sqlite3_free(sql);
    if (result != SQLITE_OK) return capan_opened_complain(sqlite, result, message);
    answer->count = sqlite3_column_count(answer->statement);
    const char *why = !answer->statement                               ? "nothing is asked"
                      : more                                           ? "one statement at a time"
                      : !sqlite3_stmt_readonly(answer->statement)      ? "the database is only read"
                      : !answer->count || answer->count > COLUMNS_MOST ? "it gives no rows that could be shown"
                                                                       : NULL;
    if (why) snprintf(message, CAPAN_DATABASE_MESSAGE, "%s", why);
    return why ? CAPAN_USAGE : CAPAN_OK;
}

static enum capan_result answer_all(struct answer *answer, sqlite3 *sqlite, FILE *out, char *message) {
    enum capan_result result = prepare(answer, sqlite, message);
    if (result == CAPAN_OK) result = capan_out_init(&answer->out, out, NULL);
    if (result == CAPAN_NO_MEMORY) snprintf(message, CAPAN_DATABASE_MESSAGE, "%s", capan_result_text(result));
    if (result != CAPAN_OK) return result;
    const int written = write_answer(answer);
    if (written != SQLITE_DONE) return capan_opened_complain(sqlite, written, message);
    if (capan_out_flush(&answer->out)) return CAPAN_OK;
    snprintf(message, CAPAN_DATABASE_MESSAGE, "%s", strerror(errno));
    return CAPAN_IO;
}

enum capan_result capan_database_ask(const struct capan_database_question *question, FILE *out,
                                     char message[CAPAN_DATABASE_MESSAGE]) {
    struct answer answer = {.question = question};
    sqlite3 *sqlite = NULL;
    sqlite3_hard_heap_limit64((sqlite3_int64)question->memory);
    enum capan_result result = capan_opened_check(&sqlite, question->path, SQLITE_OPEN_READONLY, message);
    if (result == CAPAN_OK && capan_opened_limit(sqlite, question->memory / 2) != SQLITE_OK) result = CAPAN_NO_MEMORY;
    if (result == CAPAN_OK) {
        sqlite3_set_authorizer(sqlite, authorize, NULL);
        result = answer_all(&answer, sqlite, out, message);
    }
    capan_out_free(&answer.out);
    sqlite3_finalize(answer.statement);
    sqlite3_close(sqlite);
    return result;
}
