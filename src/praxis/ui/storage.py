"""Static files named after their content, the modules that scripts import included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage that also rewrites `import` in our modules, so that they are cached for good."""

    support_js_module_import_aggregation = True
