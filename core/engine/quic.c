/* SPDX-License-Identifier: MIT */
#include "quic.h"

#include "http3.h"

enum { CONNECTIONS_MAX = 4096 };

struct connection {
    struct capan_indexed in;
    uint32_t number;
    struct capan_http3 *http3;
};

void capan_quic_connections_open(struct quic_connections *connections, const struct capan_config *config,
                                 struct listener *listener, const struct capan_alloc *alloc) {
    *connections = (struct quic_connections){.memory_max = config->memory / 4, .config = config, .listener = listener};
    capan_counter_init(&connections->memory, alloc);
    capan_index_init(&connections->index, config->seed, &connections->memory.alloc);
}

static struct connection *oldest(const struct quic_connections *connections) {
    return (struct connection *)capan_index_oldest(&connections->index);
}

static void leave(struct quic_connections *connections, struct connection *connection) {
    capan_index_remove(&connections->index, &connection->in);
    capan_http3_close(connection->http3);
    capan_delete(&connections->memory.alloc, connection, sizeof *connection);
}

void capan_quic_connections_finish(struct quic_connections *connections) {
    while (oldest(connections)) leave(connections, oldest(connections));
}

void capan_quic_connections_close(struct quic_connections *connections) {
    capan_index_free(&connections->index);
}

/* --- by number --- */

static uint64_t hash_of(const struct quic_connections *connections, uint32_t number) {
    return capan_hash(connections->index.key, &number, sizeof number);
}

static struct connection *find(const struct quic_connections *connections, uint32_t number) {
    struct capan_indexed *at = capan_index_first(&connections->index, hash_of(connections, number));
    while (at && ((struct connection *)at)->number != number) at = capan_index_next(at);
    return (struct connection *)at;
}

static struct connection *add(struct quic_connections *connections, const struct capan_quic_packet *packet) {
    const struct capan_alloc *alloc = &connections->memory.alloc;
    const struct capan_http_parties parties = {packet->connection, true, packet->client, packet->server};
    struct connection *connection = capan_new(alloc, sizeof *connection);
    if (!connection) return NULL;
    connection->number = packet->connection;
    connection->http3 = capan_http3_open(&connections->listener->talks, &parties, connections->config->seed, alloc);
    if (!connection->http3) {
        capan_delete(alloc, connection, sizeof *connection);
        return NULL;
    }
    capan_index_add(&connections->index, &connection->in, hash_of(connections, packet->connection));
    return connection;
}

static void hold_budget(struct quic_connections *connections, const struct connection *current) {
    while (oldest(connections) != current &&
           (connections->index.count > CONNECTIONS_MAX || connections->memory.held > connections->memory_max))
        leave(connections, oldest(connections));
}

enum capan_result capan_quic_connections_packet(struct quic_connections *connections,
                                                const struct capan_quic_packet *packet) {
    struct connection *connection = find(connections, packet->connection);
    if (!connection) connection = add(connections, packet);
    if (!connection) return CAPAN_NO_MEMORY;
    capan_index_renew(&connections->index, &connection->in);
    capan_listener_quic(connections->listener, connection->http3, packet);
    hold_budget(connections, connection);
    return CAPAN_OK;
}
