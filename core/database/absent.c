/* SPDX-License-Identifier: MIT */
/* Built without SQLite. */
#include "capan/database.h"

static void refuse(char message[CAPAN_DATABASE_MESSAGE]) {
    snprintf(message, CAPAN_DATABASE_MESSAGE, "this capan was built without SQLite");
}

struct capan_database *capan_database_open(const char *path, uint64_t memory, char message[CAPAN_DATABASE_MESSAGE]) {
    (void)path, (void)memory;
    refuse(message);
    return NULL;
}

void capan_database_origin(struct capan_database *database, int64_t origin_ns) {
    (void)database, (void)origin_ns;
}

void capan_database_segment(struct capan_database *database, const struct capan_segment *segment, const uint32_t *acks,
                            const struct capan_connection *connection) {
    (void)database, (void)segment, (void)acks, (void)connection;
}

void capan_database_exchange(struct capan_database *database, const struct capan_exchange *exchange) {
    (void)database, (void)exchange;
}

void capan_database_connection(struct capan_database *database, const struct capan_connection *connection) {
    (void)database, (void)connection;
}

void capan_database_page(struct capan_database *database, const struct capan_page *page) {
    (void)database, (void)page;
}

void capan_database_finding(struct capan_database *database, const struct capan_finding *finding) {
    (void)database, (void)finding;
}

enum capan_result capan_database_close(struct capan_database *database, const struct capan_source *source,
                                       char message[CAPAN_DATABASE_MESSAGE]) {
    (void)database, (void)source;
    refuse(message);
    return CAPAN_UNSUPPORTED;
}

void capan_database_discard(struct capan_database *database) {
    (void)database;
}

enum capan_result capan_database_ask(const struct capan_database_question *question, FILE *out,
                                     char message[CAPAN_DATABASE_MESSAGE]) {
    (void)question, (void)out;
    refuse(message);
    return CAPAN_UNSUPPORTED;
}
