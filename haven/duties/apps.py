from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "haven.duties"
    label = "duties"
    verbose_name = "Duties"

    def ready(self) -> None:
        from haven.cases import access
        from haven.duties import facts

        if facts.state not in access.STATED_BY:
            access.STATED_BY.append(facts.state)
