import { ActionIcon, Button, Input } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import type { ArrayFieldItemTemplateProps, ArrayFieldTemplateProps, ObjectFieldTemplateProps } from "@rjsf/utils";

import { useTexts } from "../texts";
import classes from "./forms.module.css";

/** A list of rows: title, help, rows, and one button. */
export function ArrayTemplate(props: ArrayFieldTemplateProps) {
  const say = useTexts();
  const { schema, items, canAdd, onAddClick, disabled, readonly, fieldPathId, required, rawErrors } = props;
  return (
    <Input.Wrapper
      id={fieldPathId.$id}
      label={schema.title}
      labelElement="div"
      description={schema.description}
      required={required ?? false}
      error={rawErrors && rawErrors.length > 0 ? rawErrors.join("\n") : undefined}
    >
      <div className={classes.rows}>{items}</div>
      {canAdd && !disabled && !readonly && (
        <Button size="compact-xs" variant="default" leftSection={<IconPlus size={13} />} onClick={onAddClick}>
          {say("form.add_row")}
        </Button>
      )}
    </Input.Wrapper>
  );
}

export function ArrayItemTemplate(props: ArrayFieldItemTemplateProps) {
  const say = useTexts();
  const { children, buttonsProps, disabled, readonly } = props;
  const { hasMoveUp, hasMoveDown, hasRemove, onMoveUpItem, onMoveDownItem, onRemoveItem } = buttonsProps;
  return (
    <div className={classes.row}>
      <div className={classes.rowBody}>{children}</div>
      {!disabled && !readonly && (
        <div className={classes.rowButtons}>
          <ActionIcon size={22} disabled={!hasMoveUp} onClick={onMoveUpItem} aria-label={say("form.up")} title={say("form.up")}>
            <IconArrowUp size={13} />
          </ActionIcon>
          <ActionIcon size={22} disabled={!hasMoveDown} onClick={onMoveDownItem} aria-label={say("form.down")} title={say("form.down")}>
            <IconArrowDown size={13} />
          </ActionIcon>
          <ActionIcon size={22} disabled={!hasRemove} onClick={onRemoveItem} aria-label={say("form.remove")} title={say("form.remove")}>
            <IconTrash size={13} />
          </ActionIcon>
        </div>
      )}
    </div>
  );
}

/** Fields one under the other; the node's title stands above the form already. */
export function ObjectTemplate({ properties }: ObjectFieldTemplateProps) {
  return (
    <div className={classes.fields}>
      {properties
        .filter((property) => !property.hidden)
        .map((property) => (
          <div key={property.name}>{property.content}</div>
        ))}
    </div>
  );
}
