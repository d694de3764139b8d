/* SPDX-License-Identifier: MIT */
#include "insert.h"

#include "bytes.h"
#include "column.h"
#include "schema.h"

enum { AT_CAPTURE = 1, AT_EXCHANGE, AT_PART, AT_POSITION, AT_NAME, AT_VALUE };

int capan_insert_prepare(struct capan_insert *insert, sqlite3 *database, const struct capan_table *table,
                         int64_t capture) {
    char *sql = capan_schema_insert(table);
    if (!sql) return SQLITE_NOMEM;
    insert->table = table;
    int result = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &insert->statement, NULL);
    sqlite3_free(sql);
    if (result == SQLITE_OK) result = sqlite3_bind_int64(insert->statement, AT_CAPTURE, capture);
    return result;
}

static int run_once(sqlite3_stmt *statement, int result) {
    if (result != SQLITE_OK) return result;
    sqlite3_step(statement);
    return sqlite3_reset(statement); /* which says what the step came to */
}

int capan_insert_row(const struct capan_insert *insert, struct capan_row *row, struct capan_cell_text *text) {
    int result = SQLITE_OK, parameter = AT_CAPTURE;
    for (size_t i = 0; i < insert->table->count && result == SQLITE_OK; i++) {
        const struct capan_column *column = &insert->table->columns[i];
        if (schema_is_fields(column)) continue;
        const struct capan_value value = column_value(column, row);
        result = capan_cell_bind(insert->statement, ++parameter, column, &value, row, text);
    }
    return run_once(insert->statement, result);
}

int capan_insert_prepare_fields(sqlite3_stmt **statement, sqlite3 *database, int64_t capture) {
    static const char sql[] = "INSERT INTO fields VALUES(?,?,?,?,?,?)";
    const int result = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return result == SQLITE_OK ? sqlite3_bind_int64(*statement, AT_CAPTURE, capture) : result;
}

static int insert_field(sqlite3_stmt *statement, const struct capan_http_field *field, size_t position,
                        struct capan_cell_text *text) {
    int result = sqlite3_bind_int64(statement, AT_POSITION, (int64_t)position);
    if (result == SQLITE_OK) result = capan_cell_bind_octets(statement, AT_NAME, field->name, false, text);
    if (result == SQLITE_OK) result = capan_cell_bind_octets(statement, AT_VALUE, field->value, false, text);
    return run_once(statement, result);
}

/* "request_trailer_fields" are the part "request_trailer". */
static int insert_part(sqlite3_stmt *statement, const char *key, const struct capan_value *value,
                       struct capan_cell_text *text) {
    static const char behind[] = "_fields";
    int result = sqlite3_bind_text(statement, AT_PART, key, (int)(strlen(key) - (sizeof behind - 1)), SQLITE_STATIC);
    for (size_t i = 0; i < value->as.fields.count && result == SQLITE_OK; i++)
        result = insert_field(statement, &value->as.fields.at[i], i, text);
    return result;
}

int capan_insert_fields(sqlite3_stmt *statement, const struct capan_table *table, struct capan_row *row,
                        struct capan_cell_text *text) {
    int result = sqlite3_bind_int64(statement, AT_EXCHANGE, (int64_t)row->exchange->index);
    for (size_t i = 0; i < table->count && result == SQLITE_OK; i++) {
        if (!schema_is_fields(&table->columns[i])) continue;
        const struct capan_value value = column_value(&table->columns[i], row);
        if (value.type == CAPAN_VALUE_FIELDS) result = insert_part(statement, table->columns[i].key, &value, text);
    }
    return result;
}
