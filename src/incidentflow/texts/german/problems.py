"""What can never be right about an input, in German."""

from __future__ import annotations

from collections.abc import Mapping

PROBLEMS: Mapping[str, str] = {
    "problem": "{text}",
    "problem.actor.nobody": (
        "nennt niemanden; eine Kennung wie 'ana' oder 'monitor:probe-3' angeben"
    ),
    "problem.actor.none": (
        "ist kein Handelnder; einen Actor oder str angeben, oder den Desk mit actor= bauen"
    ),
    "problem.actor.other": "ist nicht {viewer}, für den diese Sicht des Desks handelt",
    "problem.actor.system": (
        "als System handelt nur die Bibliothek selbst; einen Dienst oder eine Person angeben"
    ),
    "problem.assignment.nobody": "ein Team, einen Bearbeiter oder beides angeben",
    "problem.batch.erases": "kann nicht löschen; mit dem Desk selbst löschen",
    "problem.batch.over": "ist vorbei; den Desk selbst benutzen oder einen neuen batch öffnen",
    "problem.by.missing": "angeben, wer meldet: by='ana' oder by='monitor:probe-3'",
    "problem.category.unknown": "ist keine Kategorie; {hint}",
    "problem.choice.unknown": "gehört nicht zur Auswahl; {hint}",
    "problem.clock.nowhere": (
        "ist keine Uhr der Policy, und kein Vorfall des Zeitraums hat eine solche; {hint}"
    ),
    "problem.clock.unknown": "wurde nie gestartet; gestartet wurden: [{known:list}|keine]",
    "problem.command.internal": "gehört der Bibliothek selbst; verlangen kann man {instead:or}",
    "problem.command.none": "ist kein Befehl; einen Wert wie Acknowledge(by='ana') angeben",
    "problem.commands.none": "mindestens einen Befehl angeben",
    "problem.correction.half": "milestone und was_at zusammen angeben",
    "problem.correction.nothing": "einen Zustand, einen Meilenstein oder die rohe Quelle angeben",
    "problem.criterion.unknown": "ist kein Suchmerkmal; {hint}",
    "problem.cursor.none": "ist keine Fortsetzungsmarke; das `after` einer Seite angeben",
    "problem.erasure.named": (
        "nennt die Person und bliebe im Journal; den Grund ohne ihren Namen angeben"
    ),
    "problem.erasure.self": (
        "stünde durch die Löschung selbst im Journal; jemand anderen darum bitten"
    ),
    "problem.escalation.transfer": (
        "eine hierarchische Eskalation unterrichtet nur; den Vorfall eigens zuweisen"
    ),
    "problem.field.large": "ist größer, als 64 Bit fassen",
    "problem.field.type": "ist nicht von der erklärten Art {type}",
    "problem.field.unknown": "ist kein erklärtes Feld; {hint}",
    "problem.fields.empty": "mindestens ein erklärtes Feld angeben",
    "problem.fields.none": "ist kein Mapping; Werte unter ihren Namen angeben",
    "problem.flag.none": "ist weder True noch False",
    "problem.group.months": (
        "ist, wann ein Vorfall gemeldet wurde, nicht wie lange er dauerte; jeden Monat für "
        "sich abfragen: since= und until="
    ),
    "problem.group.personal": (
        "enthält Daten einer Person, die kein Bericht zeigt; nach einem anderen Feld ordnen"
    ),
    "problem.group.twice": "ist doppelt angegeben; eines weglassen",
    "problem.group.unknown": "ist kein Merkmal, nach dem geordnet wird; {hint}",
    "problem.incident.none": (
        "ist kein Vorfall; einen Incident, seine Kennung oder seine Nummer angeben"
    ),
    "problem.input.unknown": "ist keine Angabe, die es gibt; {hint}",
    "problem.inputs.none": "mindestens eines angeben von {names:list}",
    "problem.instant.far": "liegt so weit voraus, dass man nicht darauf zählen kann",
    "problem.instant.naive": (
        "hat keine Zeitzone; ein datetime mit Zeitzone angeben, etwa datetime.now(UTC)"
    ),
    "problem.instant.none": "ist kein Zeitpunkt; ein datetime mit Zeitzone angeben",
    "problem.instant.outside": "liegt außerhalb aller Jahre",
    "problem.limit.large": "ist mehr als {most}; Seite für Seite abfragen",
    "problem.limit.small": "ist keine ganze Zahl ab 1",
    "problem.list.none": "ist keine Liste davon; [[eines]] oder mehrere angeben",
    "problem.mapping.hidden": (
        "würde als verborgener Personenwert gelesen; eine Zuordnung angeben, die mehr als einen "
        "Hash unter '#' enthält, oder einen anderen Namen"
    ),
    "problem.metric.none": "ist keine Kennzahl; eine wie Between('reported', 'resolved') angeben",
    "problem.metric.twice": "benennt zwei Kennzahlen; einer einen Namen geben",
    "problem.milestone.same": "ist der Anfang selbst; einen anderen angeben",
    "problem.milestone.unknown": "ist kein Meilenstein; {hint}",
    "problem.names.none": "sind keine Namen; einen str oder mehrere angeben",
    "problem.number.joins": "die Meldung kommt zu {incident}, und der hat seine eigene",
    "problem.number.none": "ist keine ganze Zahl von 64 Bit",
    "problem.number.taken": "gehört schon einem anderen Vorfall",
    "problem.output.there": (
        "gibt es schon, überschrieben wurde nichts; einen anderen Namen angeben, oder --force"
    ),
    "problem.path.none": "ist kein Pfad; den Namen einer Datei angeben, als str oder Path",
    "problem.period.backwards": (
        "liegt nicht nach since, {since}; einen späteren Zeitpunkt angeben"
    ),
    "problem.period.missing": "ein Zeitanteil gehört zu einem Zeitraum; angeben, ab wann",
    "problem.policy.none": "ist keine Policy; eine aus einer Datei lesen: incidentflow.load_policy",
    "problem.progress.none": (
        "lässt sich nicht aufrufen; eine Funktion angeben, die die Anzahl nimmt"
    ),
    "problem.rank.unknown": "steht nicht auf der Skala {names:list} (1 bis {most})[; {hint}]",
    "problem.rank.unmapped": (
        "die Matrix {matrix:quoted} kennt {axis} 1 (am schwersten) bis {most}"
    ),
    "problem.report.twice": "entweder einen Report oder einen Titel mit Angaben angeben",
    "problem.seal.damaged": "ist kein Siegel oder wurde beschädigt",
    "problem.seal.none": "ist kein Seal; Seal.from_text(...) einer Datei angeben",
    "problem.seal.tenant": "gehört nicht zum Mandanten {tenant:quoted}",
    "problem.step.own_command": "hat einen eigenen Befehl; {commands:or} angeben",
    "problem.text.blank": "ist leer; sichtbaren Text angeben",
    "problem.text.long": "hat {length} Zeichen; höchstens {most} werden aufbewahrt",
    "problem.text.none": "ist kein Text; einen str angeben",
    "problem.text.padded": "ist von Leerraum umgeben; {trimmed:quoted} angeben",
    "problem.text.type": "ist von der Art {type}; schlichten Text angeben, einen str",
    "problem.text.unprintable": (
        "enthält an Stelle {place} das nicht druckbare Zeichen {char}; es entfernen"
    ),
    "problem.typed.behind": (
        "ist schon vorbei, es ist {now}; einen späteren Zeitpunkt angeben, oder 30m, 1h, 2d 4h"
    ),
    "problem.typed.between": "hat nicht die Form ANFANG:ENDE, etwa reported:acknowledged",
    "problem.typed.breaches": (
        "verträgt sich nicht mit --breaches-within, das die nächsten zuerst zeigt, alle auf einmal"
    ),
    "problem.typed.flag": "ist nicht true oder false",
    "problem.typed.instant": "ist kein Zeitpunkt; etwa {example} angeben",
    "problem.typed.naive": "hat keine Zeitzone; etwa {example} angeben",
    "problem.typed.no_fields": (
        "ist kein erklärtes Feld; die Policy, die es erklärt, mit --policy nennen, oder einen "
        "eigenen Desk mit --desk"
    ),
    "problem.typed.nobody": "die Umgebung nennt keinen Benutzer; angeben, wer handelt: --by ana",
    "problem.typed.number": "ist keine ganze Zahl",
    "problem.typed.pair": "ist kein Paar; --field name=wert angeben",
    "problem.typed.policy": (
        "die Datei von {reference}, übernommen von {by}[ ({reason})], mit --policy oder "
        "INCIDENTFLOW_POLICY nennen, oder den eigenen Desk mit --desk; oder die übliche "
        "Policy übernehmen: incidentflow adopt --reason ..."
    ),
    "problem.typed.since": (
        "ist kein Zeitpunkt wie 2026-03-02T08:30Z und keine Spanne, die er zurückliegt: 12h, 30d"
    ),
    "problem.typed.until": (
        "ist kein Zeitpunkt wie 2026-03-02T08:30Z und keine Spanne, die er voraus liegt: 30m, 1h"
    ),
    "problem.typed.zone": "ist keine Zeitzone; einen Namen wie Europe/Berlin angeben",
    "problem.version.none": "ist keine Version; eine ganze Zahl angeben",
    "problem.view.host_only": "{verb} dient allen; am Desk selbst aufrufen",
    "problem.zone.none": "ist keine Zeitzone; eine wie zoneinfo.ZoneInfo('Europe/Berlin') angeben",
}
