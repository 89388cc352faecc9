;; The sieve of vector-sieve.ts. `node build/vector-code.ts` makes vector-code.ts of it.
;;
;; Places in the memory, by `places` of vector-sieve.ts:
;;      0  by byte, of each kind of marks a bit: whether it may be a mark; 256 stand right before one; 512 right after
;;    768  the same of what is plain; 1024 a gap; 1280 joins
;;   1536  by the byte after a mark: what both stand for
;;   2560  sets of bytes below 0x80, by the lower half of a byte a bit for each upper half: marks that count wherever
;;         they stand; 2576 marks that count when two follow one another; 2592 marks that count after one of 2608
;;   4096  words that are held back; 20480 marks; 36864 the kinds of each
(module
  (import "sieve" "memory" (memory 1))
  (import "sieve" "known" (global $known i32))
  (import "sieve" "knownShift" (global $knownShift i32))
  (import "sieve" "rarer" (global $rarer i32))
  (import "sieve" "rarerShift" (global $rarerShift i32))
  (import "sieve" "triples" (global $triples i32))
  (import "sieve" "tripleShift" (global $tripleShift i32))
  (import "sieve" "bytes" (global $bytes i32))
  ;; Kinds whose marks have two bytes, and those that lead to something.
  (import "sieve" "wide" (global $wide i32))
  (import "sieve" "leading" (global $leading i32))
  (global $wordCount (export "wordCount") (mut i32) (i32.const 0))
  (global $markCount (export "markCount") (mut i32) (i32.const 0))

  ;; Holds back what is worth a look from `from` on, 16 bytes at a time. Returns where to go on.
  (func (export "sift") (param $from i32) (param $length i32) (result i32)
    (local $at i32) (local $end i32) (local $words i32) (local $marks i32) (local $pairs i32)
    (local $before i32) (local $carry i32)
    (local $low v128) (local $high v128)
    (local $alone v128) (local $doubled v128) (local $following v128) (local $preceding v128)
    (global.set $wordCount (i32.const 0))
    (global.set $markCount (i32.const 0))
    (local.set $at (i32.add (global.get $bytes) (local.get $from)))
    (local.set $end (i32.add (global.get $bytes) (local.get $length)))
    (local.set $alone (v128.load (i32.const 2560)))
    (local.set $doubled (v128.load (i32.const 2576)))
    (local.set $following (v128.load (i32.const 2592)))
    (local.set $preceding (v128.load (i32.const 2608)))
    ;; What stands before the first of them is not asked for here.
    (local.set $carry (i32.const 1))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $words
          (i32.or
            (i32.or
              (call $isKnown (local.get $at))
              (i32.shl (call $isKnown (i32.add (local.get $at) (i32.const 4))) (i32.const 1)))
            (i32.or
              (i32.shl (call $isKnown (i32.add (local.get $at) (i32.const 8))) (i32.const 2))
              (i32.shl (call $isKnown (i32.add (local.get $at) (i32.const 12))) (i32.const 3)))))
        (local.set $low (v128.and (v128.load (local.get $at)) (i8x16.splat (i32.const 15))))
        (local.set $high
          (i8x16.swizzle
            (v128.const i8x16 1 2 4 8 16 32 64 -128 0 0 0 0 0 0 0 0)
            (i8x16.shr_u (v128.load (local.get $at)) (i32.const 4))))
        (local.set $pairs (call $members (local.get $doubled) (local.get $low) (local.get $high)))
        (local.set $before (call $members (local.get $preceding) (local.get $low) (local.get $high)))
        (local.set $marks
          (i32.or
            (call $members (local.get $alone) (local.get $low) (local.get $high))
            (i32.or
              ;; What follows the last of them is not asked for here.
              (i32.and (local.get $pairs) (i32.or (i32.shr_u (local.get $pairs) (i32.const 1)) (i32.const 0x8000)))
              (i32.and
                (call $members (local.get $following) (local.get $low) (local.get $high))
                (i32.or (i32.shl (local.get $before) (i32.const 1)) (local.get $carry))))))
        (local.set $carry (i32.shr_u (local.get $before) (i32.const 15)))
        (if (i32.or (local.get $words) (local.get $marks))
          (then
            ;; There is room for 4096, and 16 bytes hold no more than 4 words and 16 marks.
            (if
              (i32.or
                (i32.gt_u (global.get $wordCount) (i32.const 4092))
                (i32.gt_u (global.get $markCount) (i32.const 4080)))
              (then (return (i32.sub (local.get $at) (global.get $bytes)))))
            (call $holdWords (local.get $at) (local.get $words))
            (call $holdMarks (local.get $at) (local.get $marks) (local.get $end))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (local.get $length))

  ;; Which of 16 bytes are in a set, a bit for each; `high` has the bit of the upper half.
  (func $members (param $set v128) (param $low v128) (param $high v128) (result i32)
    (i8x16.bitmask
      (i8x16.ne
        (v128.and (i8x16.swizzle (local.get $set) (local.get $low)) (local.get $high))
        (v128.const i64x2 0 0))))

  (func $isKnown (param $at i32) (result i32)
    (call $bit
      (global.get $known)
      (i32.shr_u (i32.mul (i32.load (local.get $at)) (i32.const 0x9e3779b1)) (global.get $knownShift))))

  (func $bit (param $table i32) (param $place i32) (result i32)
    (i32.and
      (i32.shr_u
        (i32.load8_u (i32.add (local.get $table) (i32.shr_u (local.get $place) (i32.const 3))))
        (i32.and (local.get $place) (i32.const 7)))
      (i32.const 1)))

  ;; Those of the four words at `at` whose bit is set, when the other table has them too.
  (func $holdWords (param $at i32) (param $words i32)
    (local $word i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $words)))
        (local.set $word (i32.add (local.get $at) (i32.shl (i32.ctz (local.get $words)) (i32.const 2))))
        (local.set $words (i32.and (local.get $words) (i32.sub (local.get $words) (i32.const 1))))
        (br_if $next
          (i32.eqz
            (call $bit
              (global.get $rarer)
              (i32.shr_u (i32.mul (i32.load (local.get $word)) (i32.const 0x85ebca6b)) (global.get $rarerShift)))))
        (i32.store offset=4096
          (i32.shl (global.get $wordCount) (i32.const 2))
          (i32.sub (local.get $word) (global.get $bytes)))
        (global.set $wordCount (i32.add (global.get $wordCount) (i32.const 1)))
        (br $next))))

  ;; Those of the 16 bytes at `at` whose bit is set, when all that is asked of a mark holds.
  (func $holdMarks (param $at i32) (param $marks i32) (param $end i32)
    (local $mark i32) (local $kinds i32) (local $rest i32) (local $kind i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $marks)))
        (local.set $mark (i32.add (local.get $at) (i32.ctz (local.get $marks))))
        (local.set $marks (i32.and (local.get $marks) (i32.sub (local.get $marks) (i32.const 1))))
        (local.set $kinds
          (i32.and
            (i32.load8_u (i32.load8_u (local.get $mark)))
            (i32.load8_u offset=512 (i32.load8_u offset=1 (local.get $mark)))))
        (if (i32.gt_u (local.get $mark) (global.get $bytes))
          (then
            (local.set $kinds
              (i32.and
                (local.get $kinds)
                (i32.load8_u offset=256 (i32.load8_u (i32.sub (local.get $mark) (i32.const 1))))))))
        (local.set $rest (local.get $kinds))
        (block $judged
          (loop $judge
            (br_if $judged (i32.eqz (local.get $rest)))
            (local.set $kind (i32.and (local.get $rest) (i32.sub (i32.const 0) (local.get $rest))))
            (local.set $rest (i32.xor (local.get $rest) (local.get $kind)))
            (if (call $isRuledOut (local.get $mark) (local.get $kind) (local.get $end))
              (then (local.set $kinds (i32.xor (local.get $kinds) (local.get $kind)))))
            (br $judge)))
        (br_if $next (i32.eqz (local.get $kinds)))
        (i32.store offset=20480
          (i32.shl (global.get $markCount) (i32.const 2))
          (i32.sub (local.get $mark) (global.get $bytes)))
        (i32.store8 offset=36864 (global.get $markCount) (local.get $kinds))
        (global.set $markCount (i32.add (global.get $markCount) (i32.const 1)))
        (br $next))))

  ;; Whether no text goes on over the mark, as far as that is plain to see: what it leads to, `a`, never follows `o` and
  ;; `p` and stands before `b` and `c`.
  (func $isRuledOut (param $mark i32) (param $kind i32) (param $end i32) (result i32)
    (local $left i32) (local $right i32)
    (local $o i32) (local $p i32) (local $a i32) (local $b i32) (local $c i32)
    (local.set $left (local.get $mark))
    (loop $before
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (if
        (i32.or
          (i32.le_u (local.get $left) (global.get $bytes))
          (i32.gt_u (i32.sub (local.get $mark) (local.get $left)) (i32.const 64)))
        (then (return (i32.const 0))))
      (br_if $before (i32.and (i32.load8_u offset=1024 (i32.load8_u (local.get $left))) (local.get $kind))))
    (local.set $p (call $text (local.get $left) (local.get $kind)))
    (if (i32.lt_s (local.get $p) (i32.const 0))
      (then (return (i32.eq (local.get $p) (i32.const -1)))))
    (local.set $o (call $text (i32.sub (local.get $left) (i32.const 1)) (local.get $kind)))
    (if (i32.eq (local.get $o) (i32.const -2)) (then (return (i32.const 0))))
    (local.set $right
      (i32.add
        (i32.add (local.get $mark) (i32.const 1))
        (i32.ne (i32.and (local.get $kind) (global.get $wide)) (i32.const 0))))
    (loop $after
      (if
        (i32.or
          (i32.ge_u (i32.add (local.get $right) (i32.const 3)) (local.get $end))
          (i32.gt_u (i32.sub (local.get $right) (local.get $mark)) (i32.const 64)))
        (then (return (i32.const 0))))
      (if (i32.and (i32.load8_u offset=1024 (i32.load8_u (local.get $right))) (local.get $kind))
        (then
          (local.set $right (i32.add (local.get $right) (i32.const 1)))
          (br $after))))
    (if (i32.and (local.get $kind) (global.get $leading))
      (then
        (local.set $a (i32.load offset=1536 (i32.shl (i32.load8_u (local.get $right)) (i32.const 2))))
        (if (i32.lt_s (local.get $a) (i32.const 0)) (then (return (i32.const 0)))))
      (else
        (local.set $a (call $text (local.get $right) (local.get $kind)))
        (if (i32.lt_s (local.get $a) (i32.const 0))
          (then (return (i32.eq (local.get $a) (i32.const -1)))))))
    (local.set $b (call $following (i32.add (local.get $right) (i32.const 1)) (local.get $kind)))
    (local.set $c (i32.const -1))
    (if (i32.ge_s (local.get $b) (i32.const 0))
      (then (local.set $c (call $following (i32.add (local.get $right) (i32.const 2)) (local.get $kind)))))
    (if (i32.or (i32.eq (local.get $b) (i32.const -2)) (i32.eq (local.get $c) (i32.const -2)))
      (then (return (i32.const 0))))
    (i32.eqz
      (call $follow
        (call $triple (local.get $o) (local.get $p) (local.get $a))
        (call $triple (local.get $p) (local.get $a) (local.get $b))
        (call $triple (local.get $a) (local.get $b) (local.get $c)))))

  ;; The byte of a text at `at`; -1 where the text ends there, -2 where only decoding tells.
  (func $text (param $at i32) (param $kind i32) (result i32)
    (local $byte i32)
    (local.set $byte (i32.load8_u (local.get $at)))
    (if (i32.and (i32.load8_u offset=768 (local.get $byte)) (local.get $kind))
      (then (return (local.get $byte))))
    (select
      (i32.const -2)
      (i32.const -1)
      (i32.and (i32.load8_u offset=1280 (local.get $byte)) (local.get $kind))))

  ;; The same after a byte of the text, where a gap may be longer than one byte.
  (func $following (param $at i32) (param $kind i32) (result i32)
    (local $next i32)
    (local.set $next (i32.load8_u offset=1 (local.get $at)))
    (if (i32.and (i32.load8_u offset=1024 (i32.load8_u (local.get $at))) (local.get $kind))
      (then
        (if
          (i32.and
            (i32.or (i32.load8_u offset=1024 (local.get $next)) (i32.load8_u offset=1280 (local.get $next)))
            (local.get $kind))
          (then (return (i32.const -2))))))
    (call $text (local.get $at) (local.get $kind)))

  ;; Where three bytes stand in a text, as triple.ts has it: 1 anywhere, 2 first, 4 last; 0 when one is negative.
  (func $triple (param $a i32) (param $b i32) (param $c i32) (result i32)
    (if (i32.lt_s (i32.or (local.get $a) (i32.or (local.get $b) (local.get $c))) (i32.const 0))
      (then (return (i32.const 0))))
    (i32.load8_u
      (i32.add
        (global.get $triples)
        (i32.shr_u
          (i32.mul
            (i32.or
              (i32.or (local.get $a) (i32.shl (local.get $b) (i32.const 8)))
              (i32.shl (local.get $c) (i32.const 16)))
            (i32.const 0x9e3779b1))
          (global.get $tripleShift)))))

  ;; Not 0 when five bytes may follow one another in a text, by what each three of them are: `follow` of triple.ts.
  (func $follow (param $early i32) (param $middle i32) (param $late i32) (result i32)
    (if
      (i32.or (i32.and (local.get $late) (i32.const 2)) (i32.and (local.get $early) (i32.const 4)))
      (then (return (i32.const 1))))
    (if (i32.and (local.get $early) (i32.const 1))
      (then
        (return
          (i32.or
            (i32.and (local.get $middle) (i32.const 4))
            (i32.and (i32.and (local.get $middle) (local.get $late)) (i32.const 1))))))
    (i32.and (i32.shr_u (local.get $middle) (i32.const 1)) (i32.and (local.get $late) (i32.const 1)))))
