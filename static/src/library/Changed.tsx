import type { Piece } from "../api/types/library";
import classes from "./Library.module.css";

/** A text with what went and what came. */
export function Changed({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <>
      {pieces.map((piece, index) =>
        piece.kind === "same" ? (
          <span key={index}>{piece.text}</span>
        ) : piece.kind === "gone" ? (
          <del key={index} className={classes.gone}>
            {piece.text}
          </del>
        ) : (
          <ins key={index} className={classes.came}>
            {piece.text}
          </ins>
        ),
      )}
    </>
  );
}
