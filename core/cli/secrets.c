/* SPDX-License-Identifier: MIT */
#include "secrets.h"

#include <glib.h>

void secrets_add(struct capan_tls_secrets *secrets, struct capan_span lines, const char *name) {
    if (capan_tls_secrets_add(secrets, lines) != CAPAN_OK)
        g_printerr("capan: %s: not all TLS secrets are kept: too many\n", name);
}

enum exit_status secrets_read(struct capan_tls_secrets *secrets, const char *file, const char *name) {
    char *lines;
    gsize len;
    GError *error = NULL;
    if (!file) return EXIT_FINE;
    if (!g_file_get_contents(file, &lines, &len, &error)) {
        g_printerr("capan: --keylog: %s\n", error->message);
        g_error_free(error);
        return EXIT_USAGE;
    }
    secrets_add(secrets, (struct capan_span){(const uint8_t *)lines, len}, name);
    g_free(lines);
    if (!capan_tls_secrets_any(secrets))
        g_printerr("capan: %s: no TLS secrets in it: no lines as SSLKEYLOGFILE gets them (\"CLIENT_RANDOM ...\")\n",
                   file);
    return EXIT_FINE;
}

void secrets_tell(const struct capan_tls_secrets *secrets, const struct capan_totals *totals, const char *file,
                  const char *name) {
    const uint64_t sealed = totals->unread[CAPAN_SPEECH_TLS].connections;
    if (!file || !capan_tls_secrets_any(secrets) || capan_tls_secrets_opened(secrets)) return;
    if (sealed)
        g_printerr("capan: %s: the secrets in %s open none of its connections of TLS (%" G_GUINT64_FORMAT ")\n", name,
                   file, sealed);
    else
        g_printerr("capan: %s: the secrets in %s are of no use: no connection of TLS begins in it\n", name, file);
}
