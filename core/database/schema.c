/* SPDX-License-Identifier: MIT */
#include "schema.h"

#include <string.h>

#include "capan/database.h"
#include "cells.h"
#include "questions.h"

const enum capan_rows capan_schema_rows[CAPAN_SCHEMA_TABLES] = {
    CAPAN_ROWS_SEGMENTS, CAPAN_ROWS_CONNECTIONS, CAPAN_ROWS_EXCHANGES, CAPAN_ROWS_PAGES, CAPAN_ROWS_FINDINGS};

/* Numbers of streams, frames, exchanges and pages count within their capture: with its id in front of them, rows of
 * several databases go together when ids are raised alone. */
static const char fixed_tables[] =
    "CREATE TABLE captures(id INTEGER PRIMARY KEY, file TEXT NOT NULL, first_ns INTEGER, last_ns INTEGER,"
    " frames INTEGER NOT NULL, octets INTEGER NOT NULL, link TEXT, partial TEXT, version TEXT NOT NULL);"
    "CREATE TABLE fields(capture INTEGER NOT NULL REFERENCES captures(id), exchange INTEGER NOT NULL,"
    " part TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY(capture, exchange, part, position)) WITHOUT ROWID;"
    "CREATE TABLE tokens(table_name TEXT NOT NULL, column_name TEXT NOT NULL, token TEXT NOT NULL, severity TEXT,"
    " sentence TEXT, section TEXT, again INTEGER NOT NULL, PRIMARY KEY(table_name, column_name, token)) WITHOUT ROWID;"
    "CREATE TABLE columns(table_name TEXT NOT NULL, column_name TEXT NOT NULL, key TEXT NOT NULL, unit TEXT NOT NULL,"
    " sentence TEXT NOT NULL, PRIMARY KEY(table_name, column_name)) WITHOUT ROWID;"
    "CREATE TABLE questions(name TEXT PRIMARY KEY, question TEXT NOT NULL) WITHOUT ROWID;";

static const char indices[] = "CREATE INDEX segments_by_frame ON segments(capture, frame);"
                              "CREATE INDEX segments_by_stream ON segments(capture, stream);"
                              "CREATE INDEX segments_by_kind ON segments(tcp_kind);"
                              "CREATE UNIQUE INDEX connections_by_stream ON connections(capture, stream);"
                              "CREATE UNIQUE INDEX exchanges_by_index ON exchanges(capture, index_);"
                              "CREATE INDEX exchanges_by_stream ON exchanges(capture, stream);"
                              "CREATE INDEX exchanges_by_authority ON exchanges(authority);"
                              "CREATE INDEX exchanges_by_outcome ON exchanges(http_outcome);"
                              "CREATE UNIQUE INDEX pages_by_page ON pages(capture, page);"
                              "CREATE INDEX findings_by_token ON findings(token);"
                              "CREATE INDEX fields_by_name ON fields(name);";

/* --- names --- */

/* "tcp.rtt" is tcp_rtt_ns; a word that is SQL's own has an underscore behind it. */
static void put_name(sqlite3_str *sql, const struct capan_column *column) {
    const char *key = column->key;
    for (; *key; key++) sqlite3_str_appendchar(sql, 1, *key == '.' ? '_' : *key);
    if (column->unit == CAPAN_UNIT_NS)
        sqlite3_str_appendall(sql, "_ns");
    else if (column->unit == CAPAN_UNIT_SECONDS)
        sqlite3_str_appendall(sql, "_s");
    else if (sqlite3_keyword_check(column->key, (int)strlen(column->key)))
        sqlite3_str_appendchar(sql, 1, '_');
}

static char *name_of(const struct capan_column *column) {
    sqlite3_str *name = sqlite3_str_new(NULL);
    put_name(name, column);
    return sqlite3_str_finish(name);
}

/* --- statements --- */

static int execute(sqlite3 *database, char *sql) {
    const int result = sql ? sqlite3_exec(database, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    return result;
}

static int make_table(sqlite3 *database, const struct capan_table *table) {
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "CREATE TABLE %s(capture INTEGER NOT NULL REFERENCES captures(id)", table->name);
    for (size_t i = 0; i < table->count; i++) {
        const struct capan_column *column = &table->columns[i];
        if (schema_is_fields(column)) continue;
        sqlite3_str_appendall(sql, ", ");
        put_name(sql, column);
        sqlite3_str_appendf(sql, " %s", capan_cell_type(column));
    }
    sqlite3_str_appendchar(sql, 1, ')');
    return execute(database, sqlite3_str_finish(sql));
}

char *capan_schema_insert(const struct capan_table *table) {
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "INSERT INTO %s VALUES(?", table->name);
    for (size_t i = 0; i < table->count; i++)
        if (!schema_is_fields(&table->columns[i])) sqlite3_str_appendall(sql, ",?");
    sqlite3_str_appendchar(sql, 1, ')');
    return sqlite3_str_finish(sql);
}

/* --- what explains tables --- */

static int explain_token(sqlite3 *database, const char *table, const char *name, const struct capan_token *token,
                         bool again) {
    const char *severity = token->severity == CAPAN_NONE ? NULL : capan_severity_name(token->severity);
    return execute(database, sqlite3_mprintf("INSERT INTO tokens VALUES(%Q, %Q, %Q, %Q, %Q, %Q, %d)", table, name,
                                             token->token, severity, *token->sentence ? token->sentence : NULL,
                                             *token->source ? token->source : NULL, again));
}

static int explain_column(sqlite3 *database, const char *table, const struct capan_column *column, const char *name) {
    int result = execute(database, sqlite3_mprintf("INSERT INTO columns VALUES(%Q, %Q, %Q, %Q, %Q)", table, name,
                                                   column->key, capan_units[column->unit].token, column->sentence));
    for (size_t i = 0; i < column->token_count && result == SQLITE_OK; i++) {
        const bool again = column->tokens == capan_tcp_kinds && capan_tcp_kind_traits[i] & CAPAN_TRAIT_RESENT;
        result = explain_token(database, table, name, &column->tokens[i], again);
    }
    return result;
}

static int explain_table(sqlite3 *database, const struct capan_table *table) {
    int result = SQLITE_OK;
    for (size_t i = 0; i < table->count && result == SQLITE_OK; i++) {
        if (schema_is_fields(&table->columns[i])) continue;
        char *name = name_of(&table->columns[i]);
        result = name ? explain_column(database, table->name, &table->columns[i], name) : SQLITE_NOMEM;
        sqlite3_free(name);
    }
    return result;
}

static int make_question(sqlite3 *database, const struct capan_question *question) {
    const int result =
        execute(database, sqlite3_mprintf("INSERT INTO questions VALUES(%Q, %Q)", question->name, question->question));
    if (result != SQLITE_OK) return result;
    return execute(database, sqlite3_mprintf("CREATE VIEW %s AS %s", question->name, question->answer));
}

int capan_schema_make(sqlite3 *database) {
    int result = sqlite3_exec(database, fixed_tables, NULL, NULL, NULL);
    for (size_t i = 0; i < CAPAN_SCHEMA_TABLES && result == SQLITE_OK; i++) {
        const struct capan_table *table = capan_tables[capan_schema_rows[i]];
        result = make_table(database, table);
        if (result == SQLITE_OK) result = explain_table(database, table);
    }
    for (size_t i = 0; i < capan_question_count && result == SQLITE_OK; i++)
        result = make_question(database, &capan_questions[i]);
    if (result != SQLITE_OK) return result;
    return execute(database, sqlite3_mprintf("PRAGMA user_version = %d; PRAGMA application_id = %d",
                                             CAPAN_DATABASE_SCHEMA, CAPAN_DATABASE_APPLICATION));
}

int capan_schema_index(sqlite3 *database) {
    return sqlite3_exec(database, indices, NULL, NULL, NULL);
}
