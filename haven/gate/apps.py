from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "haven.gate"
    label = "gate"
    verbose_name = "Confidentiality gate"

    def ready(self) -> None:
        """An invalid policy set stops the start, not the first question."""
        from haven.gate.engine import installed

        installed()
