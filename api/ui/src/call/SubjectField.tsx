// The field in which what is reported is searched and chosen.

import type { Subject } from "../app/state";
import { Combobox } from "./Combobox";
import { subjectKey, subjectName, subjects } from "./subjects";
import { words } from "./words";

interface Props {
  id: string;
  value: Subject | null;
  onChoose(chosen: Subject | null): void;
  written?: string;
}

export function SubjectField({ id, value, onChoose, written = "" }: Props) {
  const chosen = value && { key: subjectKey(value), name: subjectName(value), beside: "", sought: "", value };
  return (
    <Combobox
      id={id}
      label={words.value.subject}
      hint={words.value.subjectHint}
      nothing={words.value.noSubject}
      entries={subjects.value}
      chosen={chosen}
      onChoose={onChoose}
      written={written}
    />
  );
}
