/* The plugin has no interface of its own: ALSA finds it by its file name. */
