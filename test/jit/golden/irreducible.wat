;; li a1, 50
;; 1: andi a2, a1, 3
;; beqz a2, 3f
;; 2: addi a3, a3, 1
;; 3: addi a4, a4, 1
;; addi a1, a1, -1
;; andi a5, a1, 7
;; bnez a5, 2b
;; bgtz a1, 1b

;; Module 1
(func (;4;) (type 0) (param i32 i64 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i32 i32 i32 i32 i32)
    (if  ;; label = @1
      (i32.lt_s
        (local.get $budget)
        (i32.const 1))
      (then
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (local.set $hart
      (i32.const 1048576))
    (block  ;; label = @1
      (block  ;; label = @2
        (block  ;; label = @3
          (local.set $x11
            (i64.load offset=88
              (local.get $hart)))
          (local.set $x12
            (i64.load offset=96
              (local.get $hart)))
          (local.set $x13
            (i64.load offset=104
              (local.get $hart)))
          (local.set $x14
            (i64.load offset=112
              (local.get $hart)))
          (local.set $x15
            (i64.load offset=120
              (local.get $hart)))
          (loop  ;; label = @4
            (i32.lt_s
              (local.get $budget)
              (i32.const 1))
            (local.set $exit
              (i32.const 65536))
            (br_if 1 (;@3;))
            (local.set $budget
              (i32.sub
                (local.get $budget)
                (i32.const 1)))
            (local.set $x13
              (i64.add
                (local.get $x13)
                (i64.const 1)))
            (loop  ;; label = @5
              (i32.lt_s
                (local.get $budget)
                (i32.const 7))
              (local.set $exit
                (i32.const 65540))
              (br_if 2 (;@3;))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 4)))
              (local.set $x14
                (i64.add
                  (local.get $x14)
                  (i64.const 1)))
              (local.set $x11
                (i64.add
                  (local.get $x11)
                  (i64.const -1)))
              (local.set $x15
                (i64.and
                  (local.get $x11)
                  (i64.const 7)))
              (br_if 1 (;@4;)
                (i64.ne
                  (local.get $x15)
                  (i64.const 0)))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 1)))
              (if  ;; label = @6
                (i64.lt_s
                  (i64.const 0)
                  (local.get $x11))
                (then
                  (local.set $budget
                    (i32.sub
                      (local.get $budget)
                      (i32.const 2)))
                  (local.set $x12
                    (i64.and
                      (local.get $x11)
                      (i64.const 3)))
                  (br_if 1 (;@5;)
                    (i64.eqz
                      (local.get $x12)))
                  (br 2 (;@4;))))
              (local.set $exit
                (i32.const 65560))
              (br 2 (;@3;))))
          (unreachable))
        (i64.store offset=88
          (local.get $hart)
          (local.get $x11))
        (i64.store offset=96
          (local.get $hart)
          (local.get $x12))
        (i64.store offset=104
          (local.get $hart)
          (local.get $x13))
        (i64.store offset=112
          (local.get $hart)
          (local.get $x14))
        (i64.store offset=120
          (local.get $hart)
          (local.get $x15))
        (br 1 (;@1;))))
    (local.set $13
      (i64.add
        (local.get $pc)
        (i64.extend_i32_s
          (i32.sub
            (i32.and
              (local.get $exit)
              (i32.const 131071))
            (i32.const 65536)))))
    (if  ;; label = @1
      (i32.ge_s
        (local.get $exit)
        (i32.const 0))
      (then
        (return_call_indirect (type 0)
          (local.get $hart)
          (local.get $13)
          (local.get $budget)
          (local.get $depth)
          (select
            (i32.load offset=8
              (local.tee $11
                (i32.add
                  (i32.and
                    (i32.shl
                      (i32.xor
                        (local.tee $11
                          (i32.wrap_i64
                            (local.get $13)))
                        (i32.shr_u
                          (local.get $11)
                          (i32.const 12)))
                      (i32.const 3))
                    (i32.const 65520))
                  (i32.load offset=1332
                    (local.get $hart)))))
            (i32.const 0)
            (i32.and
              (i64.eq
                (i64.load
                  (local.get $11))
                (i64.or
                  (local.get $13)
                  (i64.const 1)))
              (i32.eq
                (i32.load offset=12
                  (local.get $11))
                (i32.load offset=1336
                  (local.get $hart))))))))
    (i32.store offset=1328
      (local.get $hart)
      (i32.const 1))
    (i64.store offset=768
      (local.get $hart)
      (local.get $13))
    (i32.add
      (local.get $budget)
      (i32.and
        (i32.shr_u
          (local.get $exit)
          (i32.const 17))
        (i32.const 16383))))
