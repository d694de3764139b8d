/* SPDX-License-Identifier: MIT */
#include "opened.h"

/* Names that it has may be anybody's. */
static void make_printable(char *message) {
    for (; *message; message++)
        if (*message < ' ' || *message == 0x7f) *message = '?';
}

enum capan_result capan_opened_complain(sqlite3 *sqlite, int result, char message[CAPAN_DATABASE_MESSAGE]) {
    const bool told = sqlite && sqlite3_errcode(sqlite) == (result & 0xff);
    snprintf(message, CAPAN_DATABASE_MESSAGE, "%s", told ? sqlite3_errmsg(sqlite) : sqlite3_errstr(result));
    make_printable(message);
    if (result == SQLITE_NOMEM) return CAPAN_NO_MEMORY;
    return result == SQLITE_ERROR || result == SQLITE_AUTH ? CAPAN_USAGE : CAPAN_IO;
}

int capan_opened_number(sqlite3 *sqlite, const char *sql, int64_t *number) {
    sqlite3_stmt *statement;
    const int result = sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL);
    if (result != SQLITE_OK) return result;
    if (sqlite3_step(statement) == SQLITE_ROW) *number = sqlite3_column_int64(statement, 0);
    return sqlite3_finalize(statement);
}

/* Whoever wrote it: nothing in it is to be trusted, and to run nothing but what reads it. */
static int be_careful(sqlite3 *sqlite) {
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return sqlite3_exec(sqlite, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
}

static bool check_schema(int64_t application, int64_t schema, char message[CAPAN_DATABASE_MESSAGE]) {
    if (application != CAPAN_DATABASE_APPLICATION)
        snprintf(message, CAPAN_DATABASE_MESSAGE, "it is a database, but none that capan wrote");
    else if (schema != CAPAN_DATABASE_SCHEMA)
        snprintf(message, CAPAN_DATABASE_MESSAGE,
                 "%s capan wrote it, with schema %d; this one has schema %d: write it anew from its captures",
                 schema < CAPAN_DATABASE_SCHEMA ? "an older" : "a newer", (int)schema, CAPAN_DATABASE_SCHEMA);
    else
        return true;
    return false;
}

enum capan_result capan_opened_check(sqlite3 **sqlite, const char *path, int flags,
                                     char message[CAPAN_DATABASE_MESSAGE]) {
    int64_t application = 0, schema = 0;
    int result = sqlite3_open_v2(path, sqlite, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (result == SQLITE_OK) result = be_careful(*sqlite);
    if (result == SQLITE_OK) result = capan_opened_number(*sqlite, "PRAGMA application_id", &application);
    if (result == SQLITE_OK) result = capan_opened_number(*sqlite, "PRAGMA user_version", &schema);
    if (result != SQLITE_OK) return capan_opened_complain(*sqlite, result, message);
    return check_schema(application, schema, message) ? CAPAN_OK : CAPAN_USAGE;
}

int capan_opened_limit(sqlite3 *sqlite, uint64_t memory) {
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA cache_size = -%llu", (unsigned long long)(memory >> 10));
    return sqlite3_exec(sqlite, sql, NULL, NULL, NULL);
}
