/* SPDX-License-Identifier: MIT */
#include "secrets.h"

#include <glib.h>

#include "lines.h"

enum exit_status secrets_read(struct capan_tls_secrets *secrets, const char *file) {
    static const char what[] = "--keylog: ";
    struct lines lines;
    if (!file) return EXIT_FINE;
    enum exit_status status = lines_open(&lines, file, what);
    if (status != EXIT_FINE) return status == EXIT_INPUT ? EXIT_USAGE : status;
    while (lines_next(&lines))
        capan_tls_secrets_add(secrets, (struct capan_span){(const uint8_t *)lines.at, lines.len});
    status = lines_close(&lines, file, what);
    if (status != EXIT_FINE) return status == EXIT_INPUT ? EXIT_USAGE : status;
    if (!capan_tls_secrets_any(secrets))
        g_printerr("capan: %s: no TLS secrets in it: no lines as SSLKEYLOGFILE gets them (\"CLIENT_RANDOM ...\")\n",
                   file);
    return EXIT_FINE;
}

void secrets_tell_cut(const struct capan_tls_secrets *secrets, const char *name) {
    if (capan_tls_secrets_cut(secrets))
        g_printerr("capan: %s: given up: TLS secrets of more connections than there is room for (more with --memory)\n",
                   name);
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
